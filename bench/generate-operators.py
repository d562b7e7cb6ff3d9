"""Writes src/schemas/generated/: what ONNX and onnxruntime say of their operators.

    python bench/generate-operators.py

Run it with the `onnx` and `onnxruntime` versions that mlkit shall know, then `npx vitest run test/schemas`
and the comparison with the real runtime, `node bench/probe-kernels.js`.

ai.onnx, ai.onnx.ml and the preview domains come from `onnx.defs`; com.microsoft and the kernels of the
CPU provider from what onnxruntime has registered. The format of the tables is described in
src/schemas/parse-schema.ts and src/schemas/parse-kernels.ts.
"""
import json
import os
import re
import sys
from pathlib import Path

os.environ.setdefault('ORT_DISABLE_TELEMETRY', '1')
import numpy  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
from onnxruntime.capi import onnxruntime_pybind11_state as runtime  # noqa: E402

target = Path(__file__).resolve().parent.parent / 'src' / 'schemas' / 'generated'
# The kernels that mlkit compares with are those of the runtime it installs.
installed = json.loads((target.parents[2] / 'node_modules/onnxruntime-node/package.json').read_text())
if installed['version'] != onnxruntime.__version__:
    sys.exit(f'onnxruntime is {onnxruntime.__version__}, onnxruntime-node {installed["version"]}')

type_sets: dict[tuple[str, ...], int] = {}
in_runtime: set[tuple[str, str, int]] = set()


def type_text(text: str) -> str:
    """`seq(tensor(float))` becomes `seq(float32)`: mlkit's names, without blanks."""
    text = text.replace(' ', '').replace('sparse_tensor(', 'sparse(')
    text = re.sub(r'(?<![a-z])tensor\(([^()]*)\)', r'\1', text)
    return re.sub(r'\b(float|double)\b', lambda m: {'float': 'float32', 'double': 'float64'}[m[1]], text)


def type_set(texts) -> int:
    members = tuple(sorted({type_text(text) for text in texts}))
    return type_sets.setdefault(members, len(type_sets))


def describe_sets() -> list[str]:
    """A set a line, as what it adds to and takes from an earlier one where that is shorter."""
    lines: list[str] = []
    earlier: list[set[str]] = []
    for members in type_sets:
        own = set(members)
        candidates = [' '.join(members)]
        for at, other in enumerate(earlier):
            parts = [f'@{at}', *sorted(own - other), *(f'-{gone}' for gone in sorted(other - own))]
            candidates.append(' '.join(parts))
        lines.append(min(candidates, key=len))
        earlier.append(own)
    return lines


def parameter(formal, is_last: bool, low: int) -> str:
    option = formal.option.name.lower()
    if option == 'optional':
        suffix = '?'
    elif option == 'variadic':
        assert is_last and low >= 0, formal.name
        # How many must be there, and whether they may differ in type.
        homogeneous = getattr(formal, 'is_homogeneous', getattr(formal, 'isHomogeneous', None))
        suffix = f'*{low}' + ('' if homogeneous else '~')
    else:
        suffix = ''
    name = getattr(formal, 'type_str', None) or formal.typeStr
    known = re.fullmatch(r'\w+', name)
    return f'{formal.name}:{name if known else type_text(name)}{suffix}'


def parameters(formals, low: int, high: int) -> str:
    last = len(formals) - 1
    # The arity is derived from the parameters when the table is read; here it is held to be the same.
    needed, most = 0, 0
    for at, formal in enumerate(formals):
        option = formal.option.name.lower()
        most = 2**31 - 1 if option == 'variadic' else at + 1
        if option == 'single':
            needed = at + 1
        elif option == 'variadic':
            needed = low
    assert (needed, most) == (low, high), (formals, needed, most, low, high)
    return ' '.join(parameter(formal, at == last, low - at) for at, formal in enumerate(formals))


codes = {
    'FLOAT': 'f', 'INT': 'i', 'STRING': 's', 'TENSOR': 't', 'GRAPH': 'g', 'SPARSE_TENSOR': 'p', 'TYPE_PROTO': 'y',
    'FLOATS': 'f*', 'INTS': 'i*', 'STRINGS': 's*',
}


def float_text(value: float) -> str:
    """The shortest decimal that float32 rounds to the same value."""
    return str(numpy.float32(value)).removesuffix('.0')


def string_text(value: bytes) -> str:
    text = value.decode()
    assert re.fullmatch(r'[\w ]*', text), text
    return text.replace(' ', '+')


def default_text(proto) -> str:
    kind = onnx.AttributeProto.AttributeType.Name(proto.type)
    if kind == 'UNDEFINED':
        return ''
    if kind == 'FLOAT':
        return '=' + float_text(proto.f)
    if kind == 'INT':
        assert abs(proto.i) < 2**53
        return f'={proto.i}'
    if kind == 'STRING':
        return '=' + string_text(proto.s)
    if kind == 'INTS':
        return '=' + ','.join(map(str, proto.ints))
    if kind == 'STRINGS':
        return '=' + ','.join(map(string_text, proto.strings))
    raise AssertionError(kind)


def attribute(each) -> str:
    kind = each.type.name
    if isinstance(each, onnx.defs.OpSchema.Attribute):
        proto = each.default_value
    else:
        proto = onnx.AttributeProto.FromString(each._default_value)
    return f'{each.name}:{codes[kind]}' + ('!' if each.required else default_text(proto))


def output_counts(schema) -> str:
    """` 1,5` where not every number of outputs between the fewest and the most is allowed.

    The sets themselves are not told, so ONNX's checker is asked for each number.
    """
    if not isinstance(schema, onnx.defs.OpSchema) or schema.deprecated or schema.max_output > 100:
        return ''
    context = onnx.checker.C.CheckerContext()
    context.ir_version = onnx.IR_VERSION
    context.opset_imports = {schema.domain: schema.since_version}

    def allowed(count: int) -> bool:
        node = onnx.NodeProto(op_type=schema.name, domain=schema.domain, name='n')
        node.input.extend(f'i{at}' for at in range(schema.min_input))
        node.output.extend(f'o{at}' for at in range(count))
        try:
            onnx.checker.check_node(node, context)
        except onnx.checker.ValidationError as error:
            return 'not in allowed output sizes' not in str(error)
        return True

    counts = range(schema.min_output, schema.max_output + 1)
    fitting = [count for count in counts if allowed(count)]
    return '' if len(fitting) == len(counts) else '#' + ','.join(map(str, fitting))


# Of its own operators onnxruntime does not tell which are functions; bench/probe-kernels.js shows
# which run without a kernel.
contrib_functions = {'FastGelu', 'QuickGelu'}


def is_function(schema) -> bool:
    if isinstance(schema, onnx.defs.OpSchema):
        return schema.has_function or schema.has_context_dependent_function
    return schema.name in contrib_functions


def sections(schema) -> list[str]:
    constraints = []
    for each in schema.type_constraints:
        name = getattr(each, 'type_param_str', None) or each.typeParamStr
        texts = getattr(each, 'allowed_type_strs', None) or each.allowedTypeStrs
        constraints.append(f'{name}={type_set(texts)}')
    return [
        parameters(schema.inputs, schema.min_input, schema.max_input),
        parameters(schema.outputs, schema.min_output, schema.max_output) + output_counts(schema),
        ' '.join(constraints),
        ' '.join(attribute(schema.attributes[name]) for name in sorted(schema.attributes)),
    ]


def operator_line(versions) -> str:
    texts = []
    before = ['', '', '', '']
    for schema in sorted(versions, key=lambda each: each.since_version):
        is_new = (schema.domain, schema.name, schema.since_version) not in in_runtime
        flags = [(schema.deprecated, 'd'), (is_function(schema), 'f'), (is_new, 'n')]
        head = f'{schema.since_version}' + ''.join(flag for holds, flag in flags if holds)
        now = sections(schema)
        same = ['=' if new == old and new else new for new, old in zip(now, before)]
        texts.append('|'.join([head, *same]))
        before = now
    return f'{versions[0].name}\t' + '\t'.join(texts)


def by_operator(schemas) -> dict[str, dict[str, list]]:
    domains: dict[str, dict[str, list]] = {}
    for schema in schemas:
        domains.setdefault(schema.domain, {}).setdefault(schema.name, []).append(schema)
    return domains


def operators() -> list[str]:
    standard = by_operator(onnx.defs.get_all_schemas_with_history())
    registered = by_operator(runtime.get_all_operator_schema())
    in_runtime.update((each.domain, each.name, each.since_version) for each in runtime.get_all_operator_schema())
    lines = []
    for domain, table in [*sorted(standard.items()), ('com.microsoft', registered['com.microsoft'])]:
        lines.append(f':{domain}')
        lines += [operator_line(table[name]) for name in sorted(table)]
    return lines


def runtime_only() -> list[str]:
    """Names that onnxruntime has in ai.onnx and ONNX has not."""
    standard = {schema.name for schema in onnx.defs.get_all_schemas_with_history() if schema.domain == ''}
    return sorted({each.name for each in runtime.get_all_operator_schema() if each.domain == ''} - standard)


def merge(kernels: list[dict[str, frozenset[str]]]) -> list[dict[str, frozenset[str]]]:
    """Kernels that differ in the types of one parameter only become one."""
    merged = list(kernels)
    changed = True
    while changed:
        changed = False
        for at, one in enumerate(merged):
            for other in merged[at + 1:]:
                different = [name for name in one if one[name] != other.get(name)]
                if one.keys() != other.keys() or len(different) > 1:
                    continue
                for name in different:
                    one[name] = one[name] | other[name]
                merged.remove(other)
                changed = True
                break
            if changed:
                break
    return merged


def kernels() -> list[str]:
    table: dict[str, dict[str, dict[tuple[int, int], list]]] = {}
    for kernel in runtime.get_all_opkernel_def():
        if kernel.provider != 'CPUExecutionProvider':
            continue
        types = {
            name: frozenset(map(type_text, texts)) for name, texts in sorted(kernel.type_constraints.items())
        }
        ranges = table.setdefault(kernel.domain, {}).setdefault(kernel.op_name, {})
        ranges.setdefault(tuple(kernel.version_range), []).append(types)
    lines = []
    for domain in sorted(table):
        lines.append(f':{domain}')
        for name in sorted(table[domain]):
            texts = []
            for (since, until), group in sorted(table[domain][name].items()):
                for types in merge(sorted(group, key=lambda each: sorted(map(sorted, each.values())))):
                    end = '' if until >= 2**31 - 1 else until
                    sets = ' '.join(f'{each}={type_set(types[each])}' for each in sorted(types))
                    texts.append(f'{since}-{end}|{sets}')
            lines.append(f'{name}\t' + '\t'.join(texts))
    return lines


def constant(name: str, doc: str, lines: list[str]) -> str:
    text = '\n'.join(lines)
    assert not re.search(r'[`\\$]', text)
    return f'/** {doc} */\nexport const {name}: string = `{text}`;\n'


def in_rows(items: list[str]) -> list[str]:
    """Many short items, parted by `;` or the end of a line."""
    rows = ['']
    for item in items:
        if rows[-1] and len(rows[-1]) + len(item) > 110:
            rows.append('')
        rows[-1] += (';' if rows[-1] else '') + item
    return rows


def main() -> None:
    operator_lines, kernel_lines = operators(), kernels()
    versions = f'onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}'
    header = (
        f'// Made by bench/generate-operators.py from {versions}; not edited by hand.\n'
        '// Facts of https://github.com/onnx/onnx and https://github.com/microsoft/onnxruntime.\n\n'
    )
    releases = [' '.join(map(str, row[:4])) for row in onnx.helper.VERSION_TABLE]
    target.mkdir(parents=True, exist_ok=True)
    (target / 'operators.ts').write_text(
        header
        + constant('operators', 'Every version of every operator; the format is in parse-schema.ts.', operator_lines)
        + '\n'
        + constant('typeSets', 'Sets of types, known by number; the format is in type-set.ts.', in_rows(describe_sets()))
        + '\n'
        + constant('releases', 'Releases: name, IR version, versions of ai.onnx and ai.onnx.ml.', in_rows(releases))
        + '\n/** Operators of ai.onnx that onnxruntime knows and ONNX does not. */\n'
        + 'export const runtimeOnly: string =\n'
        + f"  '{' '.join(runtime_only())}';\n"
    )
    (target / 'cpu-kernels.ts').write_text(
        header
        + '/** The version of onnxruntime whose kernels these are. */\n'
        + f"export const kernelVersion: string = '{onnxruntime.__version__}';\n\n"
        + constant('kernels', 'The kernels of the CPU provider; the format is in parse-kernels.ts.', kernel_lines)
    )
    print(f'{versions}: {len(operator_lines)} + {len(kernel_lines)} lines, {len(type_sets)} sets of types')


main()
