"""Makes test/inspect/golden/onnx-facts.json: what the onnx package says of models in fixtures/.

Run with onnx 1.23.1, ml_dtypes and numpy: python bench/make-inspect-golden.py, then npm run format.
"""

import json
import pathlib

import numpy as np
import onnx
from onnx import numpy_helper

root = pathlib.Path(__file__).resolve().parent.parent
models = [
    *sorted((root / "fixtures" / "digits").glob("*.onnx")),
    *(root / "fixtures" / "models" / f"{name}.onnx" for name in ("all-types", "if-capture", "loop", "mlp")),
]

NAMES = {
    "float": "float32",
    "double": "float64",
    "float8_e4m3fn": "float8e4m3fn",
    "float8_e4m3fnuz": "float8e4m3fnuz",
}


def type_name(code):
    name = onnx.TensorProto.DataType.Name(code).lower()
    return NAMES.get(name, name)


def value(info):
    tensor = info.type.tensor_type
    dims = [d.dim_value if d.HasField("dim_value") else d.dim_param or None for d in tensor.shape.dim]
    return [info.name, type_name(tensor.elem_type), dims if tensor.HasField("shape") else None]


def graphs(graph):
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from graphs(attribute.g)


def number(x):
    x = x.item()
    return str(x) if isinstance(x, int) and abs(x) > 2**53 else x


def stats(tensor):
    if tensor.data_type == onnx.TensorProto.STRING:
        return None
    array = numpy_helper.to_array(tensor)
    if array.dtype.kind == "c":
        array = np.stack([array.real, array.imag])
    if array.dtype.kind not in "iub":
        array = array.astype(np.float32 if array.dtype.itemsize < 4 else np.float64).astype(np.float64)
    if array.dtype.kind == "b":
        array = array.astype(np.int64)
    is_float = array.dtype.kind == "f"
    finite = array[np.isfinite(array)] if is_float else array
    return {
        "min": number(finite.min()),
        "max": number(finite.max()),
        "mean": float(finite.astype(np.float64).mean()),
        "zeros": int((array == 0).sum()),
        "nan": int(np.isnan(array).sum()) if is_float else 0,
        "infinite": int(np.isinf(array).sum()) if is_float else 0,
    }


facts = {}
for path in models:
    model = onnx.load(path)
    constants = {tensor.name for tensor in model.graph.initializer}
    operators = {}
    for graph in graphs(model.graph):
        for node in graph.node:
            domain = "" if node.domain in ("", "ai.onnx") else f"{node.domain}."
            operators[domain + node.op_type] = operators.get(domain + node.op_type, 0) + 1
    facts[path.relative_to(root).as_posix()] = {
        "irVersion": model.ir_version,
        "producer": f"{model.producer_name} {model.producer_version}".strip(),
        "opsets": {o.domain: o.version for o in model.opset_import},
        "nodes": sum(operators.values()),
        "operators": operators,
        "inputs": [value(i) for i in model.graph.input if i.name not in constants],
        "outputs": [value(o) for o in model.graph.output],
        "initializers": {
            t.name: {"dtype": type_name(t.data_type), "shape": list(t.dims), "stats": stats(t)}
            for t in model.graph.initializer
        },
    }

target = root / "test" / "inspect" / "golden" / "onnx-facts.json"
target.parent.mkdir(exist_ok=True)
target.write_text(json.dumps(facts, separators=(",", ":"), ensure_ascii=False) + "\n")
