# What plain comparison by Python gets on ONNX's backend tests: onnxruntime on the recorded inputs, and
# numpy's assert_allclose at rtol 1e-3 and atol 1e-7, as ONNX's own test runner does it.
#
# Source: https://github.com/onnx/onnx/blob/main/onnx/backend/test/runner/__init__.py
#
# python bench/golden-onnx-backend.py [folder] > peer.json   (needs onnx, onnxruntime, numpy, ml_dtypes)
# Then: node bench/golden-onnx-backend.js --peer peer.json
import glob
import json
import os
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

onnxruntime.set_default_logger_severity(4)
here = os.path.dirname(os.path.abspath(__file__))
root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "..", "shared", "onnx-backend")

# What onnxruntime takes only with the type told, as NumPy has none for it.
told_types = {
    onnx.TensorProto.BFLOAT16,
    onnx.TensorProto.FLOAT8E4M3FN,
    onnx.TensorProto.FLOAT8E4M3FNUZ,
    onnx.TensorProto.FLOAT8E5M2,
    onnx.TensorProto.FLOAT8E5M2FNUZ,
}


def read(file, kind):
    with open(file, "rb") as opened:
        content = opened.read()
    if kind.HasField("sequence_type"):
        return numpy_helper.to_list(onnx.SequenceProto.FromString(content))
    if kind.HasField("optional_type"):
        return numpy_helper.to_optional(onnx.OptionalProto.FromString(content))
    return numpy_helper.to_array(onnx.TensorProto.FromString(content))


def fed(value, kind):
    element = kind.tensor_type.elem_type if kind.HasField("tensor_type") else None
    if element not in told_types:
        return value
    raw = np.ascontiguousarray(value).view(np.uint16 if value.itemsize == 2 else np.uint8)
    return onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type(raw, element)


def got(value):
    if not isinstance(value, onnxruntime.OrtValue):
        return value
    return value.to_list() if value.is_tensor_sequence() else value.numpy()


def compare(expected, found):
    if expected is None or found is None:
        assert expected is None and found is None, "an optional is there in one only"
    elif isinstance(expected, list):
        assert isinstance(found, list) and len(expected) == len(found), "other lengths"
        for left, right in zip(expected, found):
            compare(left, right)
    else:
        found = np.asarray(found)
        np.testing.assert_array_equal(found.shape, expected.shape)
        if expected.dtype == object:
            np.testing.assert_array_equal(found, expected)
            return
        np.testing.assert_equal(found.dtype, expected.dtype)
        rtol = 1e-3
        if expected.dtype.name == "bfloat16":
            rtol, found, expected = 2**-6, found.astype(np.float32), expected.astype(np.float32)
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-7)


def run(file, sets):
    model = onnx.load(file)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    constants = {each.name for each in model.graph.initializer}
    inputs = [each for each in model.graph.input if each.name not in constants]
    outputs = model.graph.output
    for read_inputs, read_outputs in sets:
        feeds = {kind.name: fed(value, kind.type) for kind, value in zip(inputs, read_inputs(inputs))}
        expected = read_outputs(outputs)
        names = [each.name for each in outputs[: len(expected)]]
        if any(isinstance(each, onnxruntime.OrtValue) for each in feeds.values()):
            feeds = {
                name: each
                if isinstance(each, onnxruntime.OrtValue)
                else onnxruntime.OrtValue.ortvalue_from_numpy(each)
                for name, each in feeds.items()
            }
            found = [got(each) for each in session.run_with_ort_values(names, feeds)]
        else:
            found = session.run(names, feeds)
        for left, right in zip(expected, found):
            compare(left, right)


def numbered(folder, kind):
    def values(declared):
        count = len(glob.glob(os.path.join(folder, f"{kind}_*.pb")))
        return [
            read(os.path.join(folder, f"{kind}_{at}.pb"), declared[at].type) for at in range(count)
        ]

    return values


def counting(declared):
    """The input of the light networks: element i of n is i / n."""
    result = []
    for each in declared:
        dims = [size.dim_value or 1 for size in each.type.tensor_type.shape.dim]
        count = int(np.prod(dims))
        result.append((np.arange(count) / count).astype(np.float32).reshape(dims))
    return result


def tests():
    for file in sorted(glob.glob(os.path.join(root, "*", "*", "model.onnx"))):
        folder = os.path.dirname(file)
        sets = [
            (numbered(data, "input"), numbered(data, "output"))
            for data in sorted(glob.glob(os.path.join(folder, "test_data_set_*")))
        ]
        yield os.path.relpath(folder, root).replace(os.sep, "/"), file, sets
    for file in sorted(glob.glob(os.path.join(root, "light", "*.onnx"))):
        stem = file[: -len(".onnx")]

        def recorded(declared, stem=stem):
            return [read(f"{stem}_output_{at}.pb", each.type) for at, each in enumerate(declared)]

        yield f"light/{os.path.basename(stem)}", file, [(counting, recorded)]


results = {}
for name, file, sets in tests():
    try:
        run(file, sets)
        results[name] = "pass"
    except BaseException as error:  # whatever a test comes to is its result
        results[name] = f"{type(error).__name__}: {str(error).strip()[:300]}"
passed = sum(1 for each in results.values() if each == "pass")
print(json.dumps({"onnxruntime": onnxruntime.__version__, "results": results}, indent=1))
print(f"{passed} of {len(results)} pass", file=sys.stderr)
