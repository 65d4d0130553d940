"""Trials of Optuna that train nothing, in a PostgreSQL database of their own, for some seconds.

    python optuna_sweep.py postgresql+psycopg2://user:password@host:port PROCESSES SECONDS
"""

import json
import multiprocessing
import sys
import time

import optuna
import psycopg2

URL, PROCESSES, SECONDS = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
STUDY = f"{URL}/optuna_bench"


def objective(trial):
    rate = trial.suggest_float("learning_rate", 1e-5, 1e-1, log=True)
    dropout = trial.suggest_float("dropout", 0, 0.5)
    depth = trial.suggest_int("depth", 1, 8)
    trial.suggest_categorical("activation", ["relu", "tanh", "gelu"])
    return (rate - 1e-3) ** 2 + (dropout - 0.2) ** 2 + (depth - 3) ** 2 / 9


def work(seed):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=seed, constant_liar=True)
    study = optuna.load_study(study_name="bench", storage=STUDY, sampler=sampler)
    study.optimize(objective, timeout=SECONDS)


if __name__ == "__main__":
    admin = psycopg2.connect(URL.replace("+psycopg2", "") + "/postgres")
    admin.autocommit = True
    admin.cursor().execute("create database optuna_bench")
    admin.close()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    optuna.create_study(study_name="bench", storage=STUDY)
    begin = time.perf_counter()
    workers = [multiprocessing.Process(target=work, args=(seed,)) for seed in range(PROCESSES)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - begin
    study = optuna.load_study(study_name="bench", storage=STUDY)
    done = sum(trial.state == optuna.trial.TrialState.COMPLETE for trial in study.trials)
    print(json.dumps({"runs": done, "seconds": seconds, "version": optuna.__version__}))
