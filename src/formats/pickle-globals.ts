import type { FindingList } from './finding-list.ts';
import type { GlobalKind, PickleGlobal } from './foreign-file.ts';
import { isTorchTypeName } from './torch-types.ts';

/** Different names in one file; an honest one has some hundred. */
const mostNames = 100_000;

/**
 * Modules that run code, or reach the system, files or the network, whatever is taken from them.
 * Their parts (`os.path`) are meant too.
 */
const dangerousModules: ReadonlySet<string> = new Set(
  `
  os posix nt posixpath ntpath genericpath sys subprocess _posixsubprocess socket _socket socketserver
  ssl select selectors shutil importlib _frozen_importlib _frozen_importlib_external imp zipimport
  runpy pkgutil pty tty fcntl ctypes _ctypes cffi webbrowser antigravity code codeop commands popen2
  bdb pdb cProfile profile pstats timeit trace tracemalloc doctest unittest pydoc pip ensurepip venv
  distutils setuptools idlelib lib2to3 multiprocessing _multiprocessing concurrent threading _thread
  asyncio signal _signal atexit faulthandler gc inspect types ast dis marshal pickle _pickle cPickle
  cloudpickle dill shelve dbm sqlite3 io _io fileinput linecache tempfile glob mmap urllib urllib2
  urllib3 http httplib requests httpx aiohttp ftplib smtplib imaplib poplib telnetlib xmlrpc paramiko
  fabric wsgiref cgi platform getpass pwd site sitecustomize usercustomize readline rlcompleter
  logging.config test turtle tkinter IPython jupyter_core nbconvert pexpect sh plumbum invoke
  torch.hub torch.utils.cpp_extension torch.utils.bottleneck torch.utils.collect_env
  torch.utils.data.datapipes torch._dynamo torch._inductor torch.multiprocessing
  torch.package torch.onnx torch.utils.benchmark torch.utils.model_zoo torch.testing
  numpy.f2py numpy.distutils numpy.testing numpy.ctypeslib
  `
    .trim()
    .split(/\s+/),
);

/** Single functions and classes that run code or open files; without the modules above. */
const dangerousNames: ReadonlySet<string> = new Set(
  `
  builtins.eval builtins.exec builtins.execfile builtins.compile builtins.open builtins.file
  builtins.input builtins.raw_input builtins.getattr builtins.setattr builtins.delattr
  builtins.hasattr builtins.vars builtins.dir builtins.globals builtins.locals builtins.__import__
  builtins.breakpoint builtins.apply builtins.reload builtins.memoryview builtins.map builtins.filter
  builtins.help builtins.__build_class__
  operator.attrgetter operator.methodcaller operator.call
  _operator.attrgetter _operator.methodcaller _operator.call
  functools.reduce _functools.reduce functools.partialmethod functools.cached_property
  codecs.open codecs.EncodedFile itertools.starmap
  numpy.load numpy.loadtxt numpy.save numpy.savez numpy.savetxt numpy.fromfile numpy.memmap
  numpy.genfromtxt numpy.fromregex numpy.fromstring numpy.source
  pandas.read_pickle pandas.eval pandas.io.pickle.read_pickle pandas.io.common.get_handle
  joblib.load joblib.numpy_pickle.load
  torch.load torch.save torch.serialization.load torch.serialization.save torch.jit.load
  torch.jit.save torch.jit._serialization.load torch.classes.load_library torch.ops.load_library
  torch._ops._Ops.load_library torch.fx.graph_module.reduce_graph_module
  torch.fx.graph_module.reduce_package_graph_module
  keras.models.load_model tensorflow.keras.models.load_model
  sympy.sympify sympy.parsing.sympy_parser.parse_expr
  `
    .trim()
    .split(/\s+/),
);

/** Steps in a name with points (`Outer.inner`) that lead out of its module. */
const dangerousSteps =
  /^(__\w*(globals|builtins|subclasses|import|class|bases|mro|code|reduce|getattribute|loader|dict)\w*__|os|posix|nt|sys|subprocess|socket|shutil|importlib|ctypes|builtins|eval|exec|system|popen|load)$/;

/** What honest files name, and what does no harm however it is called. */
const knownNames: ReadonlySet<string> = new Set(
  `
  collections.OrderedDict collections.defaultdict collections.deque collections.Counter
  copyreg._reconstructor copyreg.__newobj__ copyreg.__newobj_ex__ _codecs.encode
  builtins.object builtins.list builtins.dict builtins.tuple builtins.set builtins.frozenset
  builtins.int builtins.long builtins.float builtins.complex builtins.bool builtins.str
  builtins.unicode builtins.bytes builtins.bytearray builtins.slice builtins.range builtins.xrange
  builtins.NoneType builtins.Ellipsis builtins.NotImplemented
  datetime.datetime datetime.date datetime.time datetime.timedelta datetime.timezone
  decimal.Decimal fractions.Fraction uuid.UUID argparse.Namespace array._array_reconstructor
  array.array pathlib.Path pathlib.PosixPath pathlib.WindowsPath pathlib.PurePosixPath
  pathlib.PureWindowsPath io.BytesIO _io.BytesIO io.StringIO _io.StringIO
  torch._utils._rebuild_tensor torch._utils._rebuild_tensor_v2 torch._utils._rebuild_tensor_v3
  torch._utils._rebuild_parameter torch._utils._rebuild_parameter_with_state
  torch._utils._rebuild_qtensor torch._utils._rebuild_sparse_tensor
  torch._utils._rebuild_sparse_csr_tensor torch._utils._rebuild_nested_tensor
  torch._utils._rebuild_meta_tensor_no_storage torch._utils._rebuild_wrapper_subclass
  torch._utils._rebuild_device_tensor_from_numpy
  torch._utils._rebuild_device_tensor_from_cpu_tensor
  torch._tensor._rebuild_from_type_v2 torch.Size torch.Tensor torch.device torch.Generator
  torch.nn.parameter.Parameter torch.nn.parameter.UninitializedParameter torch.nn.parameter.Buffer
  torch.per_tensor_affine torch.per_channel_affine torch.strided torch.sparse_coo
  torch.serialization._get_layout torch.random.default_generator
  torch.jit._pickle.build_intlist torch.jit._pickle.build_tensorlist
  torch.jit._pickle.build_doublelist torch.jit._pickle.build_boollist
  torch.jit._pickle.build_tensor_from_id torch.jit._pickle.restore_type_tag
  numpy.ndarray numpy.dtype numpy.matrix numpy.bool_ numpy.bool numpy.int8 numpy.int16 numpy.int32
  numpy.int64 numpy.uint8 numpy.uint16 numpy.uint32 numpy.uint64 numpy.float16 numpy.float32
  numpy.float64 numpy.complex64 numpy.complex128 numpy.str_ numpy.bytes_ numpy.ma.core.MaskedArray
  numpy.ma.core._mareconstruct numpy.random._pickle.__randomstate_ctor
  numpy.random._pickle.__generator_ctor numpy.random._pickle.__bit_generator_ctor
  joblib.numpy_pickle.NumpyArrayWrapper
  scipy.sparse._csr.csr_matrix scipy.sparse._csc.csc_matrix scipy.sparse._coo.coo_matrix
  scipy.sparse.csr.csr_matrix scipy.sparse.csc.csc_matrix scipy.sparse.coo.coo_matrix
  `
    .trim()
    .split(/\s+/),
);

/** Families of names that are known as the ones above are. */
const knownPatterns: readonly RegExp[] = [
  /^numpy\.(core|_core)\.(multiarray\.(_reconstruct|scalar)|numeric\._frombuffer)$/,
  /^numpy\.dtypes\.\w+DType$/,
  // Layers and optimizers: classes whose objects hold numbers, and whose making runs only torch.
  /^torch\.nn\.modules\.\w+\.[A-Z]\w*$/,
  /^torch\.nn\.functional\.(relu|relu6|gelu|silu|mish|elu|selu|softplus|sigmoid|tanh|hardswish|leaky_relu)$/,
  /^torch\.optim\.(\w+\.)?[A-Z]\w*$/,
  /^sklearn(?!.*\.(externals|tests|_testing|conftest)\.)(\.\w+)+\.[A-Z]\w*$/,
];

/** Modules that Python 2 has under other names. */
const newNames: Readonly<Record<string, string>> = {
  __builtin__: 'builtins',
  copy_reg: 'copyreg',
  UserDict: 'collections',
};

/** What is known of a class or function that a pickle names. */
export function classifyGlobal(module: string, name: string): GlobalKind {
  const home = (Object.hasOwn(newNames, module) ? newNames[module] : undefined) ?? module;
  const full = `${home}.${name}`;
  if (knownNames.has(full) || isTorchTypeName(full)) return 'known';
  if (isInDangerousModule(full) || dangerousNames.has(full)) return 'dangerous';
  // A name with points is looked up step by step, out of its module too.
  const steps = name.split('.');
  if (steps.length > 1 && steps.some((step) => dangerousSteps.test(step))) return 'dangerous';
  return steps.length === 1 && knownPatterns.some((pattern) => pattern.test(full))
    ? 'known'
    : 'unknown';
}

function isInDangerousModule(full: string): boolean {
  for (let at = full.indexOf('.'); at >= 0; at = full.indexOf('.', at + 1)) {
    if (dangerousModules.has(full.slice(0, at))) return true;
  }
  return false;
}

interface Named {
  readonly kind: GlobalKind;
  count: number;
  calls: number;
}

/** What the pickles of a file name, and how often. */
export class GlobalList {
  readonly #named = new Map<string, Named>();
  readonly #isOwn: (name: string) => boolean;

  /** @param isOwn Whether a name belongs to the file itself, as classes of a TorchScript archive do. */
  constructor(isOwn: (name: string) => boolean = () => false) {
    this.#isOwn = isOwn;
  }

  /** @returns The full name. */
  name(module: string, name: string): string {
    const full = `${module}.${name}`;
    const known = this.#named.get(full);
    if (known !== undefined) known.count += 1;
    else {
      const kind = this.#isOwn(full) ? 'known' : classifyGlobal(module, name);
      // Very many names must not hide the one that matters.
      const most = kind === 'dangerous' ? 2 * mostNames : mostNames;
      if (this.#named.size < most) this.#named.set(full, { kind, count: 1, calls: 0 });
    }
    return full;
  }

  call(full: string): void {
    const known = this.#named.get(full);
    if (known !== undefined) known.calls += 1;
  }

  /** All of them, the worst first, with a finding for each that is not known to be harmless. */
  toArray(findings: FindingList): PickleGlobal[] {
    const order: readonly GlobalKind[] = ['dangerous', 'unknown', 'known'];
    const all = order.flatMap((kind) =>
      [...this.#named]
        .filter(([, each]) => each.kind === kind)
        .map(([name, { count, calls }]): PickleGlobal => ({ name, kind, count, calls })),
    );
    for (const { name, kind } of all) {
      if (kind === 'dangerous') {
        findings.add(
          'error',
          'pickle-global-dangerous',
          `loading it in Python would reach ${name}, which can run code or open files`,
          name,
          'Do not load it, unless you made it and know why.',
        );
      } else if (kind === 'unknown') {
        findings.add(
          'warning',
          'pickle-global-unknown',
          `loading it in Python would import ${name}, which is not known to be harmless`,
          name,
        );
      }
    }
    return all;
  }
}
