/**
 * Variables of the worker that a program gets too: where things are, its language, its devices.
 * All others stay here, since the addresses of the stores, with their passwords, are among them.
 */
const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TZ|LANG|LANGUAGE|LC_[A-Z]+|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|VIRTUAL_ENV|CONDA_PREFIX|CUDA_[A-Z_]+|NVIDIA_[A-Z_]+|ROCR_[A-Z_]+|HIP_[A-Z_]+)$/;

export function programEnv(
  own: Readonly<Record<string, string>>,
  worker: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const passed = Object.entries(worker).flatMap(([name, value]) =>
    PASSED_ON.test(name) && value !== undefined ? [[name, value] as const] : [],
  );
  // What a program prints is to be heard at once, not when its buffer is full.
  return { ...Object.fromEntries(passed), PYTHONUNBUFFERED: "1", ...own };
}
