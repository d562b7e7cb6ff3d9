"""What onnx's full check and onnxruntime say of every model below some folders.

    python bench/peer-verdicts.py OUT.json FOLDER...

For each .onnx file: whether `onnx.checker.check_model(path, full_check=True)` accepts it, whether
onnxruntime's CPU provider makes a session of it, and, where a folder test_data_set_0 lies beside it,
whether it runs on that. Each model in a process of its own, as some end the process; two at a time.
"""

import glob
import json
import os
import sys
import time

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnx
import onnx.checker
import onnx.numpy_helper
import onnxruntime as ort

SECONDS = 60


def first_line(error):
    return f"{type(error).__name__}: {str(error)[:400]}".replace("\n", " ")


def check(path):
    try:
        onnx.checker.check_model(path, full_check=True)
        return "accepts"
    except Exception as error:
        return first_line(error)


def load_value(path, kind):
    with open(path, "rb") as file:
        data = file.read()
    if kind.startswith("seq("):
        value = onnx.SequenceProto()
        value.ParseFromString(data)
        return onnx.numpy_helper.to_list(value)
    if kind.startswith("optional("):
        value = onnx.OptionalProto()
        value.ParseFromString(data)
        return onnx.numpy_helper.to_optional(value)
    value = onnx.TensorProto()
    value.ParseFromString(data)
    return onnx.numpy_helper.to_array(value)


def run(session, folder):
    inputs = session.get_inputs()
    files = sorted(
        glob.glob(os.path.join(folder, "input_*.pb")),
        key=lambda name: int(os.path.basename(name)[6:-3]),
    )
    try:
        feeds = {
            each.name: load_value(file, each.type) for each, file in zip(inputs, files)
        }
    except Exception as error:
        return f"no data: {first_line(error)}"
    try:
        session.run(None, feeds)
        return "runs"
    except RuntimeError as error:
        # Types that NumPy has not: that says nothing of the model.
        return f"no data: {first_line(error)}"
    except Exception as error:
        return first_line(error)


def verdicts(path):
    found = {"onnxCheckerFull": check(path)}
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    try:
        session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        found["onnxruntimeLoads"] = "accepts"
    except Exception as error:
        found["onnxruntimeLoads"] = first_line(error)
        return found
    data = os.path.join(os.path.dirname(path), "test_data_set_0")
    if os.path.isdir(data):
        found["onnxruntimeRuns"] = run(session, data)
    return found


def start(path):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 2)
        os.write(writing, json.dumps(verdicts(path)).encode())
        os._exit(0)
    os.close(writing)
    return child, reading, time.time()


def finish(child, reading, began):
    data = b""
    os.set_blocking(reading, False)
    while time.time() - began < SECONDS:
        try:
            piece = os.read(reading, 65536)
        except BlockingIOError:
            time.sleep(0.005)
            continue
        if piece == b"":
            break
        data += piece
    else:
        os.kill(child, 9)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    return json.loads(data) if data else {"crashed": status}


def main(out, folders):
    paths = sorted(
        path
        for folder in folders
        for path in glob.glob(os.path.join(folder, "**", "*.onnx"), recursive=True)
    )
    base = os.path.commonpath([os.path.abspath(folder) for folder in folders])
    found = {}
    running = []
    for path in paths + [None] * 2:
        if path is not None:
            running.append((path, start(path)))
        if len(running) == 2 or (path is None and running):
            done, process = running.pop(0)
            found[os.path.relpath(os.path.abspath(done), base)] = finish(*process)
            if len(found) % 100 == 0:
                print(len(found), "of", len(paths), flush=True)
    made_with = f"onnx {onnx.__version__}, onnxruntime {ort.__version__} CPU"
    with open(out, "w") as file:
        json.dump({"made with": made_with, "models": found}, file, indent=1)


main(sys.argv[1], sys.argv[2:])
