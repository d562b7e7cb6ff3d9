"""Writes test/feeds/golden: arrays as NumPy itself writes them, and what they hold as JSON.

Run: python bench/make-npy-golden.py   (needs numpy)
"""

import io
import json
import pathlib

import numpy as np
from numpy.lib import format as npy

here = pathlib.Path(__file__).resolve().parent
folder = here.parent / "test" / "feeds" / "golden"
folder.mkdir(parents=True, exist_ok=True)

numbers = np.array([[0, 1, 2], [3, 100, 7]])
arrays = {
    "bool": np.array([[True, False, True]]),
    **{
        f"{name}{order}": numbers.astype(f"{code}{name}")
        for name in ["i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]
        for order, code in [("-little", "<"), ("-big", ">")]
    },
    "i1": numbers.astype("i1") - 50,
    "u1": numbers.astype("u1") + 100,
    "special": np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]),
    "int64-extremes": np.array([-(2**63), 2**63 - 1]),
    "uint64-extremes": np.array([0, 2**64 - 1], dtype="u8"),
    "fortran-3d": np.asfortranarray(np.arange(24, dtype="f4").reshape(2, 3, 4)),
    "fortran-big": np.asfortranarray(np.arange(6).reshape(2, 3).astype(">i4")),
    "fortran-complex": np.asfortranarray((np.arange(4) + 1j).reshape(2, 2)),
    "scalar": np.array(2.5, dtype="f4"),
    "empty": np.zeros((0, 3), dtype="f4"),
    "text": np.array([["a", "bcd"], ["", "Größe 你好 😀"]]),
    "text-big": np.array(["ab", "ü"]).astype(">U2"),
    "text-fortran": np.asfortranarray(np.array([["a", "b"], ["c", "dd"]])),
    "bytes": np.array([b"a", b"bc\xff", b""]),
}


def plain(array):
    """Elements in C order, as JSON can hold them exactly."""
    flat = np.ascontiguousarray(array).reshape(-1)
    if flat.dtype.kind == "c":
        return [part for each in flat for part in (float(each.real), float(each.imag))]
    if flat.dtype.kind == "S":
        return [bytes(each).hex() for each in flat]
    if flat.dtype.kind == "f":
        return [repr(float(each)) for each in flat]
    return [str(each) if flat.dtype.kind in "iuU" else bool(each) for each in flat]


expected = {}
for name, array in arrays.items():
    buffer = io.BytesIO()
    npy.write_array(buffer, array, allow_pickle=False)
    (folder / f"{name}.npy").write_bytes(buffer.getvalue())
    expected[name] = {"shape": list(array.shape), "values": plain(array)}

for version in [(2, 0), (3, 0)]:
    buffer = io.BytesIO()
    npy.write_array(buffer, numbers.astype("f4"), version=version)
    (folder / f"version-{version[0]}.npy").write_bytes(buffer.getvalue())
    expected[f"version-{version[0]}"] = {"shape": [2, 3], "values": plain(numbers.astype("f4"))}

np.save(folder / "refused-object.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
np.save(folder / "refused-record.npy", np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")]))
np.save(folder / "refused-date.npy", np.array(["2020-01-01"], dtype="M8[D]"))

rows = np.arange(12, dtype="f4").reshape(6, 2)
np.savez(folder / "stored.npz", x=rows, labels=np.arange(6))
np.savez_compressed(folder / "deflated.npz", x=np.zeros((100, 20), dtype="f4"), text=np.array(["a"]))
np.savez(folder / "positional.npz", rows, np.arange(6))

(folder / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")
