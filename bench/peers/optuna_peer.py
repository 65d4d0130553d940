"""Optuna in memory: for each line on stdin, a case of bench/search.mjs, the milliseconds of its asks."""

import json
import math
import sys
import time
import warnings

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.filterwarnings("ignore")
D, S, I = optuna.distributions, optuna.samplers, optuna.importance


def distribution(dimension):
    if dimension["type"] == "categorical":
        return D.CategoricalDistribution(dimension["choices"])
    kind = D.IntDistribution if dimension["type"] == "int" else D.FloatDistribution
    return kind(dimension["low"], dimension["high"], log=dimension["log"])


def active(dimension, params):
    when = dimension.get("when")
    return when is None or params[when["param"]] >= when["value"]


def suggest(trial, space):
    params = {}
    for name, dimension in space.items():
        if not active(dimension, params):
            continue
        if dimension["type"] == "categorical":
            params[name] = trial.suggest_categorical(name, dimension["choices"])
        elif dimension["type"] == "int":
            params[name] = trial.suggest_int(
                name, dimension["low"], dimension["high"], log=dimension["log"]
            )
        else:
            params[name] = trial.suggest_float(
                name, dimension["low"], dimension["high"], log=dimension["log"]
            )
    return params


def distance(params):
    """Any value will do: the sampler's time does not depend on it."""
    return sum(math.sin(value) for value in params.values() if not isinstance(value, str))


def study_of(case, sampler):
    space = {name: distribution(each) for name, each in case["space"].items()}
    study = optuna.create_study(sampler=sampler)
    study.add_trials(
        [
            optuna.create_trial(
                params=run["params"],
                distributions={name: space[name] for name in run["params"]},
                value=run["value"],
            )
            for run in case["history"]
        ]
    )
    return study


def times_of(case):
    if case["what"] == "importance":
        evaluator = {
            "ped_anova": I.PedAnovaImportanceEvaluator,
            "fanova": lambda: I.FanovaImportanceEvaluator(seed=0),
            "mean_decrease_impurity": lambda: I.MeanDecreaseImpurityImportanceEvaluator(seed=0),
        }[case["method"]]
        study = study_of(case, S.RandomSampler(seed=1))
        for _ in range(case["asks"]):
            begin = time.perf_counter()
            I.get_param_importances(study, evaluator=evaluator())
            yield time.perf_counter() - begin
        return
    sampler = S.GPSampler(seed=1) if case["sampler"] == "gp" else S.TPESampler(seed=1)
    study = study_of(case, sampler)
    warm_up = math.ceil(case["asks"] / 10)
    for number in range(warm_up + case["asks"]):
        begin = time.perf_counter()
        trial = study.ask()
        params = suggest(trial, case["space"])
        seconds = time.perf_counter() - begin
        study.tell(trial, distance(params))
        if number >= warm_up:
            yield seconds


print(json.dumps({"version": optuna.__version__}), flush=True)
for line in sys.stdin:
    answer = {"times": [1000 * seconds for seconds in times_of(json.loads(line))]}
    print(json.dumps(answer), flush=True)
