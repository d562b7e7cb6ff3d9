import { dataTypeFromCode } from '../../tensor/index.ts';

/** The values that an attribute may have, where its type allows more. */
export interface AttributeChoice {
  readonly domain: string;
  readonly ops: readonly string[];
  readonly attribute: string;
  /** For messages: `LEFT, RIGHT`. */
  readonly allowed: string;
  readonly isAllowed: (value: string | number) => boolean;
  /** Versions of the operator set that it is so in. */
  readonly fromOpset?: number;
  readonly belowOpset?: number;
  /**
   * Who minds another value: ONNX's inference, and with it the runtime; only the runtime when it
   * loads the model, for it makes the node's kernel; or only the kernel when it is run.
   */
  readonly mindedBy: 'onnx' | 'load' | 'run';
}

type Rest = Pick<AttributeChoice, 'fromOpset' | 'belowOpset' | 'mindedBy'>;

function oneOf(
  ops: string,
  attribute: string,
  allowed: readonly (string | number)[],
  rest: Partial<Rest> & { readonly domain?: string } = {},
): AttributeChoice {
  return {
    domain: '',
    ops: ops.split(' '),
    attribute,
    allowed: allowed.join(', '),
    isAllowed: (value) => allowed.includes(value),
    mindedBy: 'load',
    ...rest,
  };
}

function where(
  ops: string,
  attribute: string,
  allowed: string,
  test: (value: number) => boolean,
  mindedBy: Rest['mindedBy'] = 'load',
): AttributeChoice {
  return {
    domain: '',
    ops: ops.split(' '),
    attribute,
    allowed,
    isAllowed: (value) => typeof value !== 'number' || test(value),
    mindedBy,
  };
}

const ml = { domain: 'ai.onnx.ml' };
const trees = 'TreeEnsembleClassifier TreeEnsembleRegressor';

/** Spelled in any case. */
const activations = [
  'Affine',
  'Relu',
  'LeakyRelu',
  'ThresholdedRelu',
  'Tanh',
  'ScaledTanh',
  'Sigmoid',
  'HardSigmoid',
  'Elu',
  'Softsign',
  'Softplus',
];

/**
 * Found by giving another value to onnx 1.23 and onnxruntime 1.30; what neither minds (the reduction
 * of a loss or a scatter) is not here. Source of the values: https://onnx.ai/onnx/operators/.
 */
export const attributeChoices: readonly AttributeChoice[] = [
  oneOf('BitShift', 'direction', ['LEFT', 'RIGHT']),
  oneOf('Cast', 'round_mode', ['up', 'down', 'nearest']),
  oneOf('DepthToSpace', 'mode', ['DCR', 'CRD']),
  oneOf('Gelu', 'approximate', ['none', 'tanh'], { mindedBy: 'run' }),
  oneOf('GridSample', 'mode', ['bilinear', 'nearest', 'bicubic'], { belowOpset: 20 }),
  oneOf('GridSample', 'mode', ['linear', 'nearest', 'cubic'], { fromOpset: 20 }),
  oneOf('GridSample', 'padding_mode', ['zeros', 'border', 'reflection']),
  oneOf('LSTM GRU RNN', 'direction', ['forward', 'reverse', 'bidirectional']),
  oneOf('Pad', 'mode', ['constant', 'reflect', 'edge', 'wrap']),
  oneOf('Resize Upsample', 'mode', ['nearest', 'linear', 'cubic']),
  oneOf('Resize', 'coordinate_transformation_mode', [
    'half_pixel',
    'half_pixel_symmetric',
    'pytorch_half_pixel',
    'align_corners',
    'asymmetric',
    'tf_half_pixel_for_nn',
    'tf_crop_and_resize',
  ]),
  oneOf('Resize', 'nearest_mode', ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']),
  oneOf('Resize', 'keep_aspect_ratio_policy', ['stretch', 'not_larger', 'not_smaller'], {
    mindedBy: 'onnx',
  }),
  oneOf('RoiAlign', 'mode', ['avg', 'max']),
  oneOf('StringNormalizer', 'case_change_action', ['LOWER', 'UPPER', 'NONE']),
  oneOf('TfIdfVectorizer', 'mode', ['TF', 'IDF', 'TFIDF']),
  oneOf('Normalizer', 'norm', ['MAX', 'L1', 'L2'], ml),
  oneOf('SVMClassifier SVMRegressor', 'kernel_type', ['LINEAR', 'POLY', 'RBF', 'SIGMOID'], ml),
  oneOf(
    `LinearClassifier LinearRegressor SVMClassifier SVMRegressor ${trees}`,
    'post_transform',
    ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'],
    ml,
  ),
  oneOf(trees, 'aggregate_function', ['SUM', 'AVERAGE', 'MIN', 'MAX'], ml),
  oneOf(
    trees,
    'nodes_modes',
    ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ', 'LEAF'],
    ml,
  ),
  oneOf(
    'FusedConv',
    'activation',
    ['Relu', 'Tanh', 'Sigmoid', 'LeakyRelu', 'Clip', 'HardSigmoid'],
    { domain: 'com.microsoft' },
  ),
  oneOf('RNN', 'activations', activations),
  {
    ...oneOf('LSTM GRU', 'activations', activations),
    isAllowed: (value) =>
      activations.some((each) => each.toLowerCase() === `${value}`.toLowerCase()),
  },
  oneOf('CumSum CumProd', 'exclusive', [0, 1]),
  oneOf('CumSum CumProd', 'reverse', [0, 1]),
  oneOf('LpNormalization', 'p', [1, 2]),
  oneOf('MaxPool', 'storage_order', [0, 1]),
  oneOf('Mod', 'fmod', [0, 1]),
  oneOf('Attention', 'qk_matmul_output_mode', [-1, 0, 1, 2, 3]),
  where('ReverseSequence', 'batch_axis', '0 or 1', (value) => value < 2),
  where('ReverseSequence', 'time_axis', '0 or 1', (value) => value < 2),
  where('LRN', 'size', 'an odd number above 0', (value) => value > 0 && value % 2 === 1),
  where('LSTM GRU', 'hidden_size', 'a number above 0', (value) => value > 0),
  where('RNN', 'hidden_size', 'a number above 0', (value) => value > 0, 'run'),
  where('GroupNormalization', 'num_groups', 'a number above 0', (value) => value > 0, 'run'),
  where('Cast BitCast', 'to', 'the code of an element type', isType, 'onnx'),
  where(
    'Bernoulli EyeLike Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike',
    'dtype',
    'the code of an element type',
    isType,
    'onnx',
  ),
];

function isType(code: number): boolean {
  return dataTypeFromCode(code) !== undefined;
}
