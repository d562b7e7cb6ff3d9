"""Writes test/tensor/golden/dtypes.json: what other implementations make of ONNX's element types.

Not part of the product and not run by the tests. Needs Python with onnx >= 1.23, ml_dtypes, numpy
and onnxruntime:

    python bench/make-dtype-golden.py && npx biome check --write test/tensor/golden/dtypes.json

Which implementation speaks for what:
- codes: onnx.TensorProto.DataType; ranges: numpy and ml_dtypes finfo / iinfo
- packed: onnx.numpy_helper.from_array (raw_data)
- decode: ml_dtypes, widened to float32
- encode with saturation: onnx.numpy_helper.saturate_cast; without: ml_dtypes' own cast
- NaN to a 4- or 6-bit float: the greatest value, as https://onnx.ai/onnx/technical/float4.html and
  float6.html say (ml_dtypes gives a zero instead)
- float8e8m0: the Cast kernel of onnxruntime, which follows the table of ONNX's Cast (the Python
  reference of onnx does not: it moves 2^-127, and infinity with saturation becomes NaN)
- float16: numpy; bfloat16: ml_dtypes. Given as a hash over many float32 inputs.
"""

import base64
import hashlib
import json
import pathlib
import re
import warnings

import ml_dtypes
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

warnings.filterwarnings("ignore")  # Overflow and NaN are what this is about.

OUT = pathlib.Path(__file__).parent.parent / "test" / "tensor" / "golden" / "dtypes.json"

SMALL_FLOATS = {
    "float8e4m3fn": (8, ml_dtypes.float8_e4m3fn),
    "float8e4m3fnuz": (8, ml_dtypes.float8_e4m3fnuz),
    "float8e5m2": (8, ml_dtypes.float8_e5m2),
    "float8e5m2fnuz": (8, ml_dtypes.float8_e5m2fnuz),
    "float4e2m1": (4, ml_dtypes.float4_e2m1fn),
    "float8e8m0": (8, ml_dtypes.float8_e8m0fnu),
    "float6e2m3": (6, ml_dtypes.float6_e2m3fn),
    "float6e3m2": (6, ml_dtypes.float6_e3m2fn),
}

INTS = {"int2": ml_dtypes.int2, "uint2": ml_dtypes.uint2, "int4": ml_dtypes.int4, "uint4": ml_dtypes.uint4}

NAMES = {"FLOAT": "float32", "DOUBLE": "float64"}  # Where mlkit's name is not the lower-cased one.


def b64(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def types():
    result = {}
    for name, code in TensorProto.DataType.items():
        if name == "UNDEFINED":
            continue
        row = {"code": code}
        dtype = helper.tensor_dtype_to_np_dtype(code)
        if name not in ("STRING", "BOOL", "COMPLEX64", "COMPLEX128"):
            is_int = "INT" in name
            info = ml_dtypes.iinfo(dtype) if is_int else ml_dtypes.finfo(dtype)
            as_text = (lambda v: str(int(v))) if is_int else (lambda v: repr(float(v)))
            row["min"], row["max"] = as_text(info.min), as_text(info.max)
        result[NAMES.get(name, name.lower())] = row
    return result


def packed():
    rng = np.random.default_rng(1)
    result = {}
    for name, dtype in {**INTS, **{k: v[1] for k, v in SMALL_FLOATS.items() if v[0] < 8}}.items():
        bits = int(name.lstrip("uint")) if name in INTS else SMALL_FLOATS[name][0]
        cases = []
        for count in [*range(10), 33]:
            patterns = rng.integers(0, 2**bits, count).astype(np.uint8)
            if name in INTS:
                low = -(2 ** (bits - 1)) if name.startswith("int") else 0
                values = np.where(patterns >= low + 2**bits, patterns.astype(np.int16) - 2**bits, patterns)
                array = values.astype(np.int8).astype(dtype)
            else:
                values = patterns
                array = patterns.view(dtype)
            raw = numpy_helper.from_array(array).raw_data
            cases.append({"elements": [int(v) for v in values], "raw": raw.hex()})
        result[name] = cases
    return result


def inputs(bits, dtype, rng):
    """Every value, every midpoint with its float32 neighbours, the edge of overflow, specials, and a random spread."""
    values = np.arange(2**bits, dtype=np.uint8).view(dtype).astype(np.float32)
    values = np.unique(values[np.isfinite(values)])
    beyond = np.float32(2) * values[-1] - values[-2]
    ends = np.array([beyond, -beyond], np.float32) if np.isfinite(beyond) else np.array([], np.float32)
    steps = np.sort(np.concatenate([values, ends]))
    middles = steps[:-1] / 2 + steps[1:] / 2
    centres = np.concatenate([steps, middles])
    exponents = rng.uniform(np.log2(np.abs(values[values != 0]).min()) - 2, np.log2(values[-1]) + 1.5, 200)
    spread = (np.exp2(np.minimum(exponents, 127.9)) * rng.choice([-1, 1], 200)).astype(np.float32)
    special = np.array([0x00000000, 0x80000000, 1, 0x80000001, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00000, 0x7F7FFFFF, 0xFF7FFFFF], np.uint32)
    floats = np.concatenate([centres, np.nextafter(centres, np.float32(np.inf)), np.nextafter(centres, np.float32(-np.inf)), spread])
    return np.unique(np.concatenate([floats.view(np.uint32), special])).view(np.float32)


def cast_in_onnxruntime(values, code, saturate, round_mode):
    nodes = [
        helper.make_node("Cast", ["x"], ["y"], to=code, saturate=saturate, round_mode=round_mode),
        helper.make_node("Cast", ["y"], ["z"], to=TensorProto.FLOAT),
    ]
    io = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None]) for name in ("x", "z")]
    graph = helper.make_graph(nodes, "cast", io[:1], io[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 25)], ir_version=13)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": values})[0]


def small_floats():
    rng = np.random.default_rng(2)
    result = {}
    for name, (bits, dtype) in SMALL_FLOATS.items():
        decoded = np.arange(2**bits, dtype=np.uint8).view(dtype).astype(np.float32)
        x = inputs(bits, dtype, rng)
        row = {"decode": b64(decoded), "inputs": b64(x)}
        if name == "float8e8m0":
            for mode in ("up", "down", "nearest"):
                for saturate in (1, 0):
                    powers = cast_in_onnxruntime(x, TensorProto.FLOAT8E8M0, saturate, mode)
                    row[f"{mode}{'Saturated' if saturate else 'Unsaturated'}"] = b64(powers.astype(dtype).view(np.uint8))
        else:
            saturated = numpy_helper.saturate_cast(x, np.dtype(dtype)).view(np.uint8)
            plain = x.astype(dtype).view(np.uint8)
            if bits < 8:
                greatest = np.uint8(2 ** (bits - 1) - 1)
                saturated, plain = (np.where(np.isnan(x), greatest, each) for each in (saturated, plain))
            row["saturated"], row["unsaturated"] = b64(saturated), b64(plain)
        result[name] = row
    return result


STEP = 4099  # Coprime to 2^32: about a million float32 patterns, evenly over all exponents.


def halves():
    x = (np.arange(2**32 // STEP, dtype=np.uint64) * STEP).astype(np.uint32).view(np.float32)
    result = {"inputStep": STEP}
    for name, dtype, nan in (("float16", np.float16, 0x7E00), ("bfloat16", ml_dtypes.bfloat16, 0x7FC0)):
        encoded = x.astype(dtype).view(np.uint16)
        encoded = np.where(np.isnan(x), np.uint16(nan), encoded)  # Implementations differ in NaN payloads.
        decoded = np.arange(65536, dtype=np.uint32).astype(np.uint16).view(dtype).astype(np.float32)
        decoded = np.where(np.isnan(decoded), np.uint32(0x7FC00000), decoded.view(np.uint32))
        result[name] = {
            "encodeSha256": hashlib.sha256(encoded.astype("<u2").tobytes()).hexdigest(),
            "decodeSha256": hashlib.sha256(decoded.astype("<u4").tobytes()).hexdigest(),
        }
    return result


golden = {
    "about": "Made by bench/make-dtype-golden.py, which says which implementation speaks for what. "
    "Base64 holds little-endian float32 (decode, inputs) or one pattern a byte. "
    "Hashes are over little-endian arrays with every NaN made canonical.",
    "madeWith": {
        "onnx": onnx.__version__,
        "ml_dtypes": ml_dtypes.__version__,
        "numpy": np.__version__,
        "onnxruntime": onnxruntime.__version__,
    },
    "types": types(),
    "packed": packed(),
    "smallFloats": small_floats(),
    "halves": halves(),
}
OUT.parent.mkdir(parents=True, exist_ok=True)
text = json.dumps(golden, indent=2)
# Number lists on one line each.
text = re.sub(r"\[\s+([-\d,\s]+?)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m[1]) + "]", text)
OUT.write_text(text + "\n", encoding="utf-8", newline="\n")
print(f"{OUT}: {OUT.stat().st_size} bytes")
