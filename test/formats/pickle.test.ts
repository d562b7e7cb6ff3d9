import { describe, expect, test } from 'vitest';
import { codesOf, fixtureBytes, readBytes } from './read.ts';

/** What a pickle of these bytes names, by kind. */
async function namesIn(text: string | Uint8Array): Promise<Record<string, string>> {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  const file = await readBytes(bytes, 'pickle');
  return Object.fromEntries((file.globals ?? []).map(({ name, kind }) => [name, kind]));
}

describe('pickles that would do harm', () => {
  test.each([
    ['evil-system-0.pkl', 'posix.system', []],
    ['evil-system-2.pkl', 'posix.system', []],
    ['evil-system-4.pkl', 'posix.system', []],
    ['evil-damaged.pkl', 'os.system', ['pickle-damaged']],
    ['evil-memo.pkl', 'posix.system', []],
    ['evil-steps.pkl', 'torch.serialization.os.system', []],
  ])('%s reaches %s', async (name, reached, others) => {
    const file = await readBytes(fixtureBytes(name), 'pickle');
    expect(file.globals).toEqual([{ name: reached, kind: 'dangerous', count: 1, calls: 1 }]);
    expect(codesOf(file)).toEqual([...others, 'pickle-global-dangerous']);
    expect(file.findings.at(-1)).toMatchObject({ severity: 'error', at: { value: reached } });
  });

  test('in a file of torch', async () => {
    const file = await readBytes(fixtureBytes('evil-torch.pt'));
    expect(file.globals?.[0]).toEqual({
      name: '__builtin__.eval',
      kind: 'dangerous',
      count: 1,
      calls: 1,
    });
    // What is honest in it is described all the same.
    expect(file.tensors).toEqual([{ name: 'weight', dtype: 'float32', shape: [2], bytes: 8 }]);
  });

  test.each([
    ['INST', '(iposix\nsystem\n.', 'posix.system'],
    ['OBJ', '(cposix\nsystem\nS"true"\no.', 'posix.system'],
    ['a part of a module', 'cos.path\nexists\n.', 'os.path.exists'],
    ['a name of Python 2', 'c__builtin__\nexecfile\n.', '__builtin__.execfile'],
    ['a text with escapes', '\x80\x02V\\u006fs\nVsystem\n\x93.', 'os.system'],
    ['underflow first', '0000RRbcos\nsystem\n.', 'os.system'],
    ['after a pickle', '\x80\x02N.\x80\x02cos\nsystem\n.', 'os.system'],
    [
      'in a pickle',
      '\x80\x02ctorch.storage\n_load_from_bytes\nB\x10\0\0\0\x80\x02cos\nsystem\n)R.\x85R.',
      'os.system',
    ],
    ['hidden by POP', '\x80\x04\x8c\x02os\x8c\x06systemN0\x93.', 'os.system'],
    ['after DUP', '\x80\x04\x8c\x02os2\x8c\x06system\x93.', 'os.system'],
  ])('%s', async (_, pickle, name) => {
    expect(await namesIn(pickle)).toMatchObject({ [name]: 'dangerous' });
  });

  test.each([
    ['of bytes', '\x80\x04C\x02os\x8c\x06system\x93.'],
    ['of escapes that Python reads and we do not', 'S"\\x6fs"\nS"system"\n\x93.'],
    ['that is no text at all', '\x80\x04}K\x01\x93.'],
    ['registered under a number', '\x80\x02\x82\x07.'],
    ['longer than any', `\x80\x04\x8d\x01\x10\0\0\0\0\0\0${'a'.repeat(4097)}\x8c\x01b\x93.`],
  ])('a name %s is said to be hidden', async (_, pickle) => {
    const file = await readBytes(Buffer.from(pickle, 'latin1'), 'pickle');
    expect(codesOf(file)).toContain('pickle-global-hidden');
    expect(file.findings.every(({ severity }) => severity === 'error')).toBe(true);
  });

  test('many names hide none', async () => {
    const names = Array.from({ length: 100_500 }, (_, at) => `cm${at}\nf\n0`).join('');
    const file = await readBytes(Buffer.from(`${names}cos\nsystem\n.`), 'pickle');
    expect(file.globals?.[0]?.name).toBe('os.system');
    // One finding, and not one for each of the others.
    expect(file.findings.length).toBeLessThan(200);
  });
});

describe('what is known of names', () => {
  test.each([
    ['collections', 'OrderedDict', 'known'],
    ['torch', 'HalfStorage', 'known'],
    ['torch', 'float8_e5m2', 'known'],
    ['torch.nn.modules.conv', 'Conv2d', 'known'],
    ['numpy.core.multiarray', 'scalar', 'known'],
    ['copy_reg', '_reconstructor', 'known'],
    ['torch.nn.functional', 'gelu', 'known'],
    ['torch.nn.functional', 'boolean_dispatch', 'unknown'],
    ['__main__', 'Net', 'unknown'],
    ['torch.storage', '_load_from_bytes', 'unknown'],
    // Out of a class of torch's, by steps.
    ['torch.nn.modules.conv', 'Conv2d.forward', 'unknown'],
    ['collections', 'abc.sys.modules', 'dangerous'],
    ['torch', 'load', 'dangerous'],
    ['torch.hub', 'load', 'dangerous'],
    ['numpy', 'load', 'dangerous'],
    ['operator', 'attrgetter', 'dangerous'],
    ['importlib', 'import_module', 'dangerous'],
    ['builtins', 'getattr', 'dangerous'],
    ['webbrowser', 'open', 'dangerous'],
    ['sys', 'exit', 'dangerous'],
  ])('%s.%s is %s', async (module, name, kind) => {
    expect(await namesIn(`c${module}\n${name}\n.`)).toEqual({ [`${module}.${name}`]: kind });
  });

  test('classes of the code of a TorchScript archive are known there only', async () => {
    expect(await namesIn('c__torch__\nNet\n.')).toEqual({ '__torch__.Net': 'unknown' });
  });
});

describe('pickles that say less', () => {
  test('bytes after the pickle are told of', async () => {
    const file = await readBytes(Buffer.from('\x80\x04N.rest', 'latin1'));
    expect(codesOf(file)).toEqual(['pickle-trailing-bytes']);
  });

  test('a pickle that ends early', async () => {
    const file = await readBytes(Buffer.from('\x80\x04]\x94(K\x01', 'latin1'));
    expect(codesOf(file)).toEqual(['pickle-damaged']);
  });

  test('an object in itself, and one that is there twice', async () => {
    // x = []; x.append(x)
    const loop = await readBytes(Buffer.from('\x80\x04]\x94h\x00a.', 'latin1'));
    expect(codesOf(loop)).toEqual([]);
    // Thirty lists, each of which holds the last one twice: a billion paths, thirty objects.
    const doubled = Array.from({ length: 30 }, (_, at) => `]\x94(h${chr(at)}h${chr(at)}e`).join('');
    const file = await readBytes(Buffer.from(`\x80\x04]\x94${doubled}.`, 'latin1'));
    expect(file.tensors).toEqual([]);
  });

  test('lists nested a million deep', async () => {
    const deep = `\x80\x04${']'.repeat(1_000_000)}${'a'.repeat(999_999)}.`;
    expect(codesOf(await readBytes(Buffer.from(deep, 'latin1')))).toEqual([]);
  });
});

function chr(at: number): string {
  return String.fromCharCode(at);
}
