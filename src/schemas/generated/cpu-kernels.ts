// Made by bench/generate-operators.py from onnx 1.23.1, onnxruntime 1.30.0; not edited by hand.
// Facts of https://github.com/onnx/onnx and https://github.com/microsoft/onnxruntime.

/** The version of onnxruntime whose kernels these are. */
export const kernelVersion: string = '1.30.0';

/** The kernels of the CPU provider; the format is in parse-kernels.ts. */
export const kernels: string = `:
Abs	6-12|T=125	13-|T=125
Acos	7-21|T=23	22-|T=23
Acosh	9-21|T=23	22-|T=23
Add	7-12|T=39	13-13|T=39	14-|T=125
Affine	1-|T=23
AffineGrid	20-|T1=64 T2=6
And	7-|T=7 T1=7
ArgMax	1-10|T=126	11-12|T=126	13-|T=126
ArgMin	1-10|T=126	11-12|T=126	13-|T=126
Asin	7-21|T=23	22-|T=23
Asinh	9-21|T=23	22-|T=23
Atan	7-21|T=23	22-|T=23
Atanh	9-21|T=23	22-|T=23
Attention	23-23|T1=110 T2=110 U=127	23-23|T1=23 T2=23 U=128	24-|T1=110 T2=110 U=127	24-|T1=23 T2=23 U=128
AveragePool	7-9|T=23	10-10|T=23	11-18|T=23	19-21|T=23	22-|T=23
BatchNormalization	7-8|T=64	9-13|T=64	14-14|T=23 U=23	14-14|T=129 U=129	15-|T=23 T1=23 T2=23	15-|T=129 T1=129 T2=129
BitCast	26-|T1=2 T2=2
BitShift	11-|T=130
BitwiseAnd	18-|T=11
BitwiseNot	18-|T=11
BitwiseOr	18-|T=11
BitwiseXor	18-|T=11
BlackmanWindow	17-|T1=12 T2=125
Cast	6-12|T1=131 T2=131	13-18|T1=131 T2=131	19-20|T1=131 T2=131	21-22|T1=131 T2=131	23-23|T1=131 T2=131	24-24|T1=132 T2=132	25-|T1=132 T2=132
Ceil	6-12|T=64	13-|T=64
Celu	12-|T=23
Clip	6-10|T=23	11-11|T=23	12-12|T=87	13-|T=87
Col2Im	18-|T=23
Compress	9-10|T=15 T1=7	11-|T=15 T1=7
Concat	4-10|T=15	11-12|T=15	13-|T=15
ConcatFromSequence	11-|S=133
ConstantOfShape	9-19|T1=6 T2=8	20-20|T1=6 T2=32	21-22|T1=6 T2=32	23-23|T1=6 T2=32	24-24|T1=6 T2=32	25-|T1=6 T2=32
Conv	1-10|T=23	11-21|T=23	22-|T=23
ConvInteger	10-|T1=37 T2=37 T3=38
ConvTranspose	1-10|T=23	11-21|T=23	22-|T=23
Cos	7-21|T=64	22-|T=64
Cosh	9-21|T=23	22-|T=23
Crop	1-|T=23
CumProd	26-|T=39 T2=12
CumSum	11-13|T=95 T2=12	14-|T=95 T2=12
DFT	17-19|T1=64 T2=12	20-|T1=64 T2=12
DeformConv	19-21|T=64	22-|T=64
DepthToSpace	1-10|T=64	11-12|T=134	13-|T=134
DequantizeLinear	10-12|T=40	13-18|T=40	19-20|T1=41 T2=103	21-22|T1=42 T2=103	23-23|T1=42 T2=103	24-24|T1=42 T2=103	25-|T1=135 T2=103
Det	11-21|T=23	22-|T=23
Div	7-12|T=39	13-13|T=39	14-|T=125
Dropout	7-9|T=0	10-11|T=0 T1=7	12-12|T=64 T1=64 T2=7	13-21|T=64 T1=64 T2=7	22-|T=64 T1=64 T2=7
DynamicQuantizeLinear	11-|T2=48
DynamicSlice	1-|T=15 Tind=12
Einsum	12-|T=95
Elu	6-21|T=23	22-|T=23
Equal	7-10|T=136 T1=7	11-12|T=137 T1=7	13-18|T=137 T1=7	19-|T=138 T1=7
Erf	9-12|T=23	13-|T=23
Exp	6-12|T=64	13-|T=64
Expand	8-12|T=14	13-|T=14
EyeLike	9-21|T1=139 T2=139	22-|T1=139 T2=139
Flatten	1-8|T=15	9-10|T=15	11-12|T=15	13-20|T=15	21-22|T=15	23-23|T=15	24-24|T=15	25-|T=15
Floor	6-12|T=64	13-|T=64
GRU	7-13|T=64 T1=38	14-21|T=64 T1=38	22-|T=64 T1=38
Gather	1-10|T=15 Tind=12	11-12|T=15 Tind=12	13-|T=15 Tind=12
GatherElements	11-12|T=15 Tind=12	13-|T=15 Tind=12
GatherND	11-11|T=15 indices=6	12-12|T=15 indices=6	13-|T=15 indices=6
Gelu	20-|T=23
Gemm	7-8|T=64	9-10|T=64	11-12|T=64	13-|T=64
GlobalAveragePool	1-21|T=23	22-|T=23
GlobalLpPool	2-|T=23
GlobalMaxPool	1-21|T=23	22-|T=23
Greater	7-8|T=64 T1=7	9-12|T=125 T1=7	13-|T=125 T1=7
GreaterOrEqual	12-15|T=125 T1=7	16-|T=125 T1=7
GridSample	16-19|T1=23 T2=23	20-21|T1=23 T2=23	20-21|T1=129 T2=129	22-|T1=23 T2=23	22-|T1=129 T2=129
HammingWindow	17-|T1=12 T2=125
HannWindow	17-|T1=12 T2=125
HardSigmoid	6-21|T=23	22-|T=23
Hardmax	1-10|T=23	11-12|T=23	13-|T=23
Identity	1-12|T=15	13-13|T=15	14-15|V=140	16-18|V=141	19-20|V=142	21-22|V=142	23-23|V=142	24-24|V=142	25-|V=142
If	1-10|B=7 V=15	11-12|B=7 V=15	13-15|B=7 V=140	16-18|B=7 V=141	19-20|B=7 V=142	21-22|B=7 V=142	23-23|B=7 V=142	24-24|B=7 V=142	25-|B=7 V=142
ImageScaler	1-|T=23
InstanceNormalization	6-21|T=23	22-|T=23
IsInf	10-19|T1=64 T2=7	20-|T1=47 T2=7
IsNaN	9-12|T1=0 T2=7	13-19|T1=0 T2=7	20-|T1=47 T2=7
LRN	1-12|T=23	13-|T=23
LSTM	7-13|T=64 T1=38	14-21|T=64 T1=38	22-|T=64 T1=38
LayerNormalization	1-16|T=143 U=23 V=143	1-16|T=110 U=23 V=110	1-16|T=23 U=23 V=23	1-16|T=129 U=23 V=129	17-|T=3 U=23
LeakyRelu	6-15|T=23	16-|T=23
Less	7-8|T=64 T1=7	9-12|T=125 T1=7	13-|T=125 T1=7
LessOrEqual	12-15|T=125 T1=7	16-|T=125 T1=7
Log	6-12|T=64	13-|T=64
LogSoftmax	1-10|T=64	11-12|T=64	13-|T=64
Loop	1-10|B=7 I=6 V=15	11-12|B=7 I=6 V=15	13-15|B=7 I=6 V=140	16-18|B=7 I=6 V=141	19-20|B=7 I=6 V=142	21-22|B=7 I=6 V=142	23-23|B=7 I=6 V=142	24-24|B=7 I=6 V=142	25-|B=7 I=6 V=142
LpNormalization	1-21|T=64	22-|T=64
LpPool	2-10|T=23	11-17|T=23	18-21|T=23	22-|T=23
MatMul	1-8|T=64	9-12|T=39	13-|T=39
MatMulInteger	10-|T1=37 T2=37 T3=38
Max	6-7|T=23	8-11|T=64	12-12|T=87	13-|T=87
MaxPool	1-7|T=23	8-11|I=6 T=64	12-21|I=6 T=134	22-|I=6 T=134
MaxRoiPool	1-|T=23
MaxUnpool	9-10|T1=23 T2=6	11-21|T1=23 T2=6	22-|T1=23 T2=6
Mean	6-7|T=23	8-12|T=23	13-|T=23
MeanVarianceNormalization	1-8|T=23	9-12|T=23	13-|T=23
MelWeightMatrix	17-|T1=12 T2=23 T3=125
MemcpyFromHost	1-|T=144
MemcpyToHost	1-|T=144
Min	6-7|T=23	8-11|T=64	12-12|T=87	13-|T=87
Mod	10-12|T=1	13-|T=1
Mul	7-12|T=39	13-13|T=39	14-|T=125
Multinomial	7-|T1=23 T2=12
Neg	6-12|T=145	13-|T=145
NonMaxSuppression	10-10|	11-|
NonZero	9-12|T=146	13-|T=146
Not	1-|T=7
OneHot	9-10|T1=147 T2=23 T3=23	9-10|T1=12 T2=38 T3=23	9-10|T1=6 T2=23 T3=38	9-10|T1=23 T2=6 T3=98	9-10|T1=6 T2=6 T3=97	11-|T1=147 T2=23 T3=23	11-|T1=12 T2=38 T3=23	11-|T1=6 T2=23 T3=38	11-|T1=23 T2=6 T3=98	11-|T1=6 T2=6 T3=97
Optional	15-|O=148 V=140
OptionalGetElement	15-17|O=148 V=140	18-|O=141 V=140
OptionalHasElement	15-17|B=7 O=148	18-|B=7 O=141
Or	7-|T=7 T1=7
PRelu	7-8|T=23	9-15|T=23	16-|T=23
Pad	2-10|T=64	11-12|T=149	13-17|T=150	18-18|T=150	19-20|T=150	21-22|T=150	23-23|T=150	24-24|T=150	25-|T=150
ParametricSoftplus	1-|T=23
Pow	7-11|T=64	12-12|T=95 T1=95	13-14|T=95 T1=95	15-|T=95 T1=95
QLinearConv	10-|T1=107 T2=107 T3=107 T4=38	10-|T1=48 T2=37 T3=48 T4=38
QLinearMatMul	10-20|T1=107 T2=107 T3=107	10-20|T1=48 T2=37 T3=48	21-|T1=107 T2=107 T3=107 TS=23	21-|T1=48 T2=37 T3=48 TS=23
QuantizeLinear	10-12|T1=23 T2=37	13-18|T1=23 T2=37	19-20|T1=103 T2=77	21-22|T1=103 T2=80	23-23|T1=103 T2=103 T3=80	24-24|T1=103 T2=103 T3=80	25-|T1=103 T2=103 T3=151
RMSNormalization	23-|T=110 V=110	23-|T=23 V=23	23-|T=129 V=129
RNN	7-13|T=23 T1=38	14-21|T=23 T1=38	22-|T=23 T1=38
RandomNormal	1-|T=64
RandomNormalLike	1-|T1=15 T2=64
RandomUniform	1-|T=64
RandomUniformLike	1-|T1=15 T2=64
Range	11-26|T=85	27-|T=85
Reciprocal	6-12|T=64	13-|T=64
ReduceL1	1-10|T=95	11-12|T=95	13-17|T=95	18-|T=95
ReduceL2	1-10|T=95	11-12|T=95	13-17|T=95	18-|T=95
ReduceLogSum	1-10|T=95	11-12|T=95	13-17|T=95	18-|T=95
ReduceLogSumExp	1-10|T=95	11-12|T=95	13-17|T=95	18-|T=95
ReduceMax	1-10|T=95	11-11|T=95	12-12|T=126	13-17|T=126	18-19|T=126	20-|T=152
ReduceMean	1-10|T=95	11-12|T=95	13-17|T=95	18-|T=95
ReduceMin	1-10|T=95	11-11|T=95	12-12|T=126	13-17|T=126	18-19|T=126	20-|T=152
ReduceProd	1-10|T=95	11-12|T=95	13-17|T=95	18-|T=95
ReduceSum	1-10|T=95	11-12|T=95	13-|T=95
ReduceSumSquare	1-10|T=95	11-12|T=95	13-17|T=95	18-|T=95
RegexFullMatch	20-|T1=90 T2=7
Relu	6-12|T=64	13-13|T=64	14-|T=153
Reshape	1-4|T=15	5-12|T=15 shape=6	13-13|T=15 shape=6	14-18|T=15 shape=6	19-20|T=15 shape=6	21-22|T=16 shape=6	23-23|T=16 shape=6	24-24|T=16 shape=6	25-|T=16 shape=6
Resize	10-10|T=154	11-12|T1=154	13-17|T1=154	18-18|T1=154	19-|T1=154
ReverseSequence	10-|T=15
RoiAlign	10-15|T1=64 T2=6	16-|T1=64 T2=6
RotaryEmbedding	23-|M=6 T=103
Round	11-21|T=0	22-|T=0
STFT	17-|T1=64 T2=12
Scale	1-|T=23
ScaledTanh	1-|T=23
Scan	8-8|I=6 V=15	9-10|V=15	11-15|V=15	16-18|V=15	19-20|V=16	21-22|V=16	23-23|V=16	24-24|V=16	25-|V=16
Scatter	9-10|T=15 Tind=12
ScatterElements	11-12|T=15 Tind=12	13-15|T=15 Tind=12	16-17|T=15 Tind=12	18-|T=15 Tind=12
ScatterND	11-12|T=15	13-15|T=15	16-17|T=15	18-|T=15
Selu	6-21|T=23	22-|T=23
SequenceAt	11-|I=12 S=133 T=15
SequenceConstruct	11-|S=133 T=15
SequenceEmpty	11-|S=133
SequenceErase	11-|I=12 S=133
SequenceInsert	11-|I=12 S=133
SequenceLength	11-|I=6 S=133
Shape	1-12|T=15 T1=6	13-14|T=15 T1=6	15-18|T=15 T1=6	19-20|T=15 T1=6	21-22|T=16 T1=6	23-23|T=16 T1=6	24-24|T=16 T1=6	25-|T=16 T1=6
Shrink	9-|T=2
Sigmoid	6-12|T=64	13-|T=64
Sign	9-12|T=2	13-|T=2
SimplifiedLayerNormalization	1-|T=143 U=23 V=143	1-|T=110 U=23 V=110	1-|T=23 U=23 V=23	1-|T=129 U=23 V=129
Sin	7-21|T=64	22-|T=64
Sinh	9-21|T=23	22-|T=23
Size	1-12|T=138 T1=6	13-18|T=138 T1=6	19-20|T=138 T1=6	21-22|T=138 T1=6	23-23|T=138 T1=6	24-24|T=138 T1=6	25-|T=138 T1=6
Slice	1-9|T=15	10-10|T=15 Tind=12	11-12|T=15 Tind=12	13-|T=15 Tind=12
Softmax	1-10|T=64	11-12|T=64	13-|T=64
Softplus	1-21|T=23	22-|T=23
Softsign	1-21|T=23	22-|T=23
SpaceToDepth	1-12|T=134	13-|T=134
Split	2-10|T=15	11-12|T=15	13-17|T=15	18-|T=15
SplitToSequence	11-23|I=12 S=133 T=155	24-|I=12 S=133 T=155
Sqrt	6-12|T=64	13-|T=64
Squeeze	1-10|T=15	11-12|T=15	13-20|T=15	21-22|T=15	23-23|T=15	24-24|T=15	25-|T=15
StringConcat	20-|T=90
StringNormalizer	10-|X=90
StringSplit	20-|T1=90 T2=90 T3=6
Sub	7-12|T=39	13-13|T=39	14-|T=125
Sum	6-7|T=64	8-12|T=64	13-|T=64
Tan	7-21|T=23	22-|T=23
Tanh	6-12|T=64	13-|T=64
TensorScatter	24-|T=8
TfIdfVectorizer	9-|T=92 T1=23
ThresholdedRelu	1-9|T=23	10-21|T=23	22-|T=23
Tile	6-12|T=138 T1=6	13-|T=138 T1=6
TopK	1-9|I=6 T=64	10-10|I=6 T=64	11-23|I=6 T=156	24-|I=6 T=156
Transpose	1-12|T=15	13-20|T=15	21-22|T=17	23-23|T=17	24-24|T=17	25-|T=131
Trilu	14-|T=136
Unique	11-|T=157
Unsqueeze	1-10|T=15	11-12|T=15	13-20|T=15	21-22|T=15	23-23|T=15	24-24|T=15	25-|T=15
Upsample	7-8|T=154	9-9|T=154
Where	9-15|T=158	16-|T=158
Xor	7-|T=7 T1=7
:ai.onnx.ml
ArrayFeatureExtractor	1-|T=94
Binarizer	1-|T=23
CastMap	1-|T1=96 T2=97
CategoryMapper	1-|T1=98 T2=98
DictVectorizer	1-|T1=159 T2=23	1-|T1=160 T2=129	1-|T1=161 T2=6	1-|T1=162 T2=90
FeatureVectorizer	1-|T1=95
Imputer	1-|T=163
LabelEncoder	1-1|T1=98 T2=98	2-3|T1=97 T2=97	4-|T1=97 T2=23	4-|T1=164 T2=98	4-|T1=165 T2=129	4-|T1=90 T2=166
LinearClassifier	1-|T1=95 T2=98
LinearRegressor	1-|T=23
Normalizer	1-|T=95
OneHotEncoder	1-|T=100
SVMClassifier	1-|T1=95 T2=98
SVMRegressor	1-|T=23
Scaler	1-|T=95
TreeEnsemble	5-|T=64
TreeEnsembleClassifier	1-2|T1=95 T2=98	3-|T1=95 T2=98
TreeEnsembleRegressor	1-2|T=64	3-|T=64
ZipMap	1-|T=102
:com.microsoft
Attention	1-|T=23
AttnLSTM	1-|T=64 T1=38
BeamSearch	1-|T=23
BiasGelu	1-|T=23
BifurcationDetector	1-|T=6
CDist	1-|T=64
CausalConvWithState	1-|T=23
ConvTransposeWithDynamicPads	1-|T=23
CropAndResize	1-|T1=23 T2=38
DecoderMaskedMultiHeadAttention	1-|T=23
DequantizeLinear	1-|T1=106 T2=23
DynamicQuantizeLSTM	1-|T=23 T1=38 T2=37
DynamicQuantizeMatMul	1-|T1=23 T2=37
DynamicTimeWarping	1-|F=23 I=38
EmbedLayerNormalization	1-|T=23
EngramGate	1-|T=103
ExpandDims	1-|T=15 axis=38
FastGelu	1-|T=23
FusedConv	1-|T=23
FusedGemm	1-|T=23
FusedMatMul	1-|T=64
GatedAdd	1-|T=103
GatedRMSNorm	1-|T=103
GatherBlockQuantized	1-|T1=108 T2=103 Tind=12
GatherND	1-|T=15 Tind=12
Gelu	1-|T=23
GreedySearch	1-|T=23
GridSample	1-|T1=23 T2=23
GroupQueryAttention	1-|M=38 T=110 T_CACHE=167 T_KV_SCALE=23	1-|M=38 T=23 T_CACHE=119 T_KV_SCALE=23
Inverse	1-|T=0
LinearAttention	1-|T=23
LinearAttentionGate	1-|T=103 TF=23
MRotaryEmbedding	1-|M=6 T=103
MatMulBnb4	1-|T1=23 T2=48
MatMulFpQ4	1-|T1=23 T2=48 T3=6
MatMulInteger16	1-|T1=168 T2=168 T3=38
MatMulIntegerToFloat	1-|T1=107 T2=107 T3=23	1-|T1=48 T2=37 T3=23
MatMulNBits	1-|T1=110 T2=48 T3=169 T4=38	1-|T1=23 T2=48 T3=170 T4=38
MaxpoolWithMask	1-|T=23
MoE	1-|T=23
MultiHeadAttention	1-|T=23
MurmurHash3	1-|T1=117 T2=115
NGramHashMapping	1-|M=12
NGramRepeatBlock	1-|T=23 Tid=6
NhwcMaxPool	1-|T=37
Pad	1-|T=23
QAttention	1-|T1=48 T2=37 T3=23 T4=38
QEmbedLayerNormalization	1-|T=23
QGemm	1-|T=23 TA=107 TB=107 TC=38 TY=171 TYZ=107	1-|T=23 TA=48 TB=37 TC=38 TY=170 TYZ=48
QLinearAdd	1-|T=37
QLinearAveragePool	1-|
QLinearConcat	1-|
QLinearConv	1-|T1=107 T2=107 T3=107 T4=38	1-|T1=48 T2=37 T3=48 T4=38
QLinearGlobalAveragePool	1-|
QLinearLeakyRelu	1-|T=37
QLinearMul	1-|T=37
QLinearSigmoid	1-|T=37
QLinearSoftmax	1-|T=37
QLinearWhere	1-|T=37
QMoE	1-|T=110 T1=48 T2=110	1-|T=23 T1=48 T2=23
QuantizeLinear	1-|T1=23 T2=122
QuickGelu	1-|T=23
Range	1-|T=85
RotaryEmbedding	1-|M=6 T=103
SampleOp	1-|T=23
Sampling	1-|T=23
SkipLayerNormalization	1-|T=3
SkipSimplifiedLayerNormalization	1-|T=3
SparseAttention	1-|M=38 T=103
SparseToDenseMatMul	1-|T=124 T1=39
Tokenizer	1-|T=90
TransposeMatMul	1-|T=23
Trilu	1-|T=164
UnfoldTensor	1-|T=15
Unique	1-|T=23
WhisperBeamSearch	1-|T=23
WordConvEmbedding	1-|T=38 T1=23
:com.microsoft.nchwc
AveragePool	1-|T=23
Conv	1-|T=23
GlobalAveragePool	1-|T=23
GlobalMaxPool	1-|T=23
MaxPool	1-|T=23
ReorderInput	1-|T=23
ReorderOutput	1-|T=23
Upsample	1-|T=23`;
