"""Holds the types and shapes that mlkit infers against what ONNX infers, and against what
onnxruntime really produces.

    node bench/dump-types.js LIST.txt > types.jsonl
    python bench/compare-types.py types.jsonl [--run]

Needs the Python packages onnx, onnxruntime and numpy. For each value that either knows, it counts:
known to both, known to mlkit only, known to ONNX only, contradicting. With --run, small models are
run with all intermediate values as outputs, and each array is held against what mlkit says.
"""

import argparse
import json
import os
import signal
import sys

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import numpy as np
import onnx
from onnx import TensorProto, helper, shape_inference

NAMES = {
    "FLOAT": "float32", "DOUBLE": "float64", "FLOAT16": "float16", "BFLOAT16": "bfloat16",
    "STRING": "string", "BOOL": "bool", "COMPLEX64": "complex64", "COMPLEX128": "complex128",
}


def dtype_name(code):
    name = TensorProto.DataType.Name(code)
    return NAMES.get(name, name.lower())


def tensor_of(type_proto):
    """(element type or None, dims or None), or None when it is no tensor."""
    if not type_proto.HasField("tensor_type"):
        return None
    tensor = type_proto.tensor_type
    dtype = dtype_name(tensor.elem_type) if tensor.elem_type else None
    if not tensor.HasField("shape"):
        return dtype, None
    dims = []
    for dim in tensor.shape.dim:
        # Negative sizes mean nothing, though some exporters write -1 for "any".
        if dim.HasField("dim_value") and dim.dim_value >= 0:
            dims.append(dim.dim_value)
        else:
            dims.append(dim.dim_param or None)
    return dtype, dims


def pairs(graph, ours, path="main"):
    """Every value that ONNX says something of, with what mlkit says."""
    listed = list(graph.value_info) + list(graph.output)
    if path != "main":
        listed += list(graph.input)
    # Optimizers leave declarations behind of values that are gone.
    defined = {each.name for each in list(graph.input) + list(graph.initializer)}
    defined |= {name for node in graph.node for name in node.output}
    for info in listed:
        if info.name not in defined:
            continue
        yield path, info.name, tensor_of(info.type), ours["values"].get(info.name)
    inner = {(s["at"], s["attribute"], s["index"]): s for s in ours["subgraphs"]}
    for at, node in enumerate(graph.node):
        for attribute in node.attribute:
            graphs = [attribute.g] if attribute.type == 5 else list(attribute.graphs)
            for index, subgraph in enumerate(graphs):
                found = inner.get((at, attribute.name, index))
                if found is not None:
                    yield from pairs(subgraph, found, f"{path}/{at}:{attribute.name}")


def compare(theirs, mine):
    """What onnx says against what mlkit says of one tensor."""
    dtype, dims = theirs
    if mine is None or mine["kind"] == "unknown":
        return "missing" if dtype or dims is not None else "same", ""
    if mine["kind"] != "tensor":
        return "contradiction", mine["kind"]
    if dtype and mine["elementType"] and dtype != mine["elementType"]:
        return "contradiction", f"{dtype} {mine['elementType']}"
    shape = mine["shape"]
    if dims is None:
        return ("more" if shape is not None else "same"), ""
    if shape is None:
        return "missing", f"{dims}"
    if len(dims) != len(shape):
        return "contradiction", f"{dims} {shape}"
    verdict = "same"
    for a, b in zip(dims, shape):
        if isinstance(a, int) and isinstance(b, int) and a != b:
            return "contradiction", f"{dims} {shape}"
        if isinstance(a, int) and not isinstance(b, int):
            verdict = "missing"
        if verdict == "same" and (isinstance(b, int) and not isinstance(a, int) or (a is None or str(a).startswith("unk__")) and b is not None):
            verdict = "more"
        # A symbol of the model that ONNX keeps and mlkit lost; ONNX's own (unk__1) say nothing.
        if isinstance(a, str) and not a.startswith("unk__") and b is None:
            verdict = "missing"
    return verdict, f"{dims} {shape}"


def infer(path):
    model = onnx.load(path, load_external_data=False)
    try:
        return model, shape_inference.infer_shapes(model, strict_mode=True, data_prop=True), None
    except Exception as error:  # noqa: BLE001 - every refusal is an answer
        return model, None, str(error)


def run_values(path, model, ours):
    """Runs the model with every tensor as an output and yields (name, array)."""
    import onnxruntime as ort

    inferred = ours["values"]
    made = {o for n in model.graph.node for o in n.output if o}
    outputs = {o.name for o in model.graph.output}
    for name in sorted(made - outputs):
        mine = inferred.get(name)
        if mine is None or mine["kind"] != "tensor" or mine["elementType"] is None:
            continue
        info = model.graph.output.add()
        info.name = name
        code = next(c for c in TensorProto.DataType.values() if dtype_name(c) == mine["elementType"])
        info.type.tensor_type.elem_type = code
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    # Beside the original, so that data files are found; the folder may not be writable.
    data = model.SerializeToString()
    session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    feeds = {}
    symbols = {}
    rng = np.random.default_rng(0)
    for each in session.get_inputs():
        shape = [d if isinstance(d, int) and d > 0 else symbols.setdefault(d, 2) if d else 2 for d in each.shape]
        if not each.type.startswith("tensor("):
            raise ValueError("input is no tensor")
        kind = each.type[7:-1]
        numpy_type = {"float": "float32", "double": "float64", "float16": "float16", "bool": "bool", "string": "object"}.get(kind, kind)
        if numpy_type == "object":
            feeds[each.name] = np.full(shape, "a", dtype=object)
        elif numpy_type.startswith(("int", "uint")) or numpy_type == "bool":
            feeds[each.name] = np.ones(shape, dtype=numpy_type)
        else:
            feeds[each.name] = rng.random(shape).astype(numpy_type)
    folder = os.path.join(os.path.dirname(path), "test_data_set_0")
    if os.path.isdir(folder):
        for at, value in enumerate(model.graph.input):
            file = os.path.join(folder, f"input_{at}.pb")
            if os.path.isfile(file) and value.name in feeds:
                with open(file, "rb") as stream:
                    tensor = TensorProto.FromString(stream.read())
                feeds[value.name] = onnx.numpy_helper.to_array(tensor)
    for each, value in zip(session.get_outputs(), session.run(None, feeds)):
        if isinstance(value, np.ndarray):
            yield each.name, value
    for name, value in feeds.items():
        yield name, value


def fits(array, mine):
    if mine is None or mine["kind"] != "tensor":
        return mine is None or mine["kind"] == "unknown"
    shape = mine["shape"]
    if shape is None:
        return True
    return len(shape) == array.ndim and all(not isinstance(s, int) or s == d for s, d in zip(shape, array.shape))


class TookTooLong(Exception):
    pass


def alarm(_signal, _frame):
    raise TookTooLong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("types")
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--show", type=int, default=40)
    args = parser.parse_args()
    counts = {"same": 0, "more": 0, "missing": 0, "contradiction": 0}
    refused, errors, shown, models, checked, wrong, ran, false_alarms = 0, 0, 0, 0, 0, 0, 0, []
    signal.signal(signal.SIGALRM, alarm)
    for line in open(args.types):
        ours = json.loads(line)
        path = ours["path"]
        if "error" in ours:
            errors += 1
            if "MlkitError" not in ours["error"]:
                print("DEFECT", path, ours["error"][:300])
            continue
        try:
            model, inferred, problem = infer(path)
        except Exception:  # noqa: BLE001
            errors += 1
            continue
        models += 1
        if inferred is None:
            refused += 1
        else:
            rejects = [c for c in ours["contradictions"] if c["kind"] != "fails" and not c["isOptional"]]
            if rejects:
                false_alarms.append((path, rejects[0]))
            for where, name, theirs, mine in pairs(inferred.graph, ours):
                if theirs is None:
                    continue
                verdict, detail = compare(theirs, mine)
                counts[verdict] += 1
                if verdict in ("missing", "contradiction") and shown < args.show:
                    shown += 1
                    print(verdict, path, where, name, theirs, detail, mine and mine.get("shape"))
        if args.run and os.path.getsize(path) < 30e6:
            signal.alarm(30)
            try:
                for name, array in run_values(path, model, ours):
                    checked += 1
                    if not fits(array, ours["values"].get(name)):
                        wrong += 1
                        print("WRONG", path, name, array.shape, ours["values"].get(name))
                ran += 1
            except TookTooLong:
                pass
            except Exception:  # noqa: BLE001 - what does not run says nothing of shapes
                pass
            finally:
                signal.alarm(0)
    for path, first in false_alarms[: args.show]:
        print("ALARM", path, first)
    print(json.dumps({"models": models, "unreadable": errors, "refusedByOnnx": refused, **counts,
                      "falseAlarms": len(false_alarms), "ran": ran, "arraysChecked": checked, "wrong": wrong}))
    return 1 if counts["contradiction"] or wrong else 0


sys.exit(main())
