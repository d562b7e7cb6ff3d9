import type { Node } from '../../graph/index.ts';
import { misfit, type RuleContext, type SizeRule } from './rule.ts';

/** Operators of ai.onnx.ml: their parameters say how many features a row has. */

/** Features of a row: the last axis. */
function features({ sizes }: RuleContext): number | null {
  return sizes(0)?.at(-1) ?? null;
}

function lengthOf(node: Node, ...names: string[]): number {
  for (const name of names) {
    const attribute = node.attribute(name);
    if (attribute !== undefined && 'value' in attribute && Array.isArray(attribute.value)) {
      return attribute.value.length;
    }
  }
  return 0;
}

function exactly(context: RuleContext, wanted: number): ReturnType<SizeRule> {
  const found = features(context);
  const isFit = found === null || wanted === 0 || found === wanted;
  return isFit ? rowsOut(context) : misfit(`${found} features where ${wanted} are needed`, wanted);
}

function atLeast(context: RuleContext, wanted: number): ReturnType<SizeRule> {
  const found = features(context);
  const isFit = found === null || found >= wanted;
  return isFit ? rowsOut(context) : misfit(`${found} features where ${wanted} are needed`, wanted);
}

function rowsOut({ node }: RuleContext): null[] {
  return node.outputs.map(() => null);
}

/** One offset or value for each feature, or one for all. */
const perFeature: SizeRule = (context) => {
  const { node, sizes } = context;
  const count = lengthOf(node, 'offset', 'imputed_value_floats', 'imputed_value_int64s');
  const fit = exactly(context, count > 1 ? count : 0);
  return 'reason' in fit ? fit : [sizes(0)];
};

const linear: SizeRule = (context) => {
  const { node } = context;
  const coefficients = lengthOf(node, 'coefficients');
  // A classifier of two classes may keep one row of coefficients or two; intercepts count the rows.
  const outputs = lengthOf(node, 'intercepts') || node.int('targets', 1);
  return exactly(context, coefficients / outputs);
};

const supportVectors: SizeRule = (context) => {
  const { node } = context;
  const vectors = lengthOf(node, 'support_vectors');
  const perClass = node.ints('vectors_per_class')?.reduce((sum, count) => sum + count, 0) ?? 0;
  const count = node.int('n_supports', perClass);
  // Without vectors it is linear: one row of coefficients a class.
  if (count === 0) {
    const classes = lengthOf(node, 'classlabels_ints', 'classlabels_strings') || 1;
    return exactly(context, lengthOf(node, 'coefficients') / classes);
  }
  return exactly(context, vectors / count);
};

const trees: SizeRule = (context) => {
  const ids = context.node.ints('nodes_featureids') ?? [];
  return atLeast(
    context,
    ids.reduce((most, id) => Math.max(most, id + 1), 1),
  );
};

const zipMap: SizeRule = (context) =>
  exactly(context, lengthOf(context.node, 'classlabels_int64s', 'classlabels_strings'));

const arrayFeatureExtractor: SizeRule = (context) => {
  const most = Math.max(-1, ...(context.integers(1) ?? []));
  const fit = atLeast(context, most + 1);
  const x = context.sizes(0);
  const taken = context.sizes(1);
  if ('reason' in fit || x === null || taken === null) return fit;
  return [[...x.slice(0, -1), taken.at(-1) ?? 1]];
};

const featureVectorizer: SizeRule = (context) => {
  const wanted = context.node.ints('inputdimensions') ?? [];
  for (const [index, size] of wanted.entries()) {
    const found = context.sizes(index)?.at(-1) ?? size;
    if (found !== size) return misfit(`${found} features where ${size} are needed`, size);
  }
  return [null];
};

const keep: SizeRule = ({ sizes }) => [sizes(0)];

export const mlRules: Readonly<Record<string, SizeRule>> = {
  Scaler: perFeature,
  Imputer: perFeature,
  Normalizer: keep,
  Binarizer: keep,
  LabelEncoder: keep,
  LinearClassifier: linear,
  LinearRegressor: linear,
  SVMClassifier: supportVectors,
  SVMRegressor: supportVectors,
  TreeEnsembleClassifier: trees,
  TreeEnsembleRegressor: trees,
  TreeEnsemble: trees,
  ArrayFeatureExtractor: arrayFeatureExtractor,
  ZipMap: zipMap,
  FeatureVectorizer: featureVectorizer,
};
