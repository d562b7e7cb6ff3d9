// Made by bench/probe-kernels.js --write with onnxruntime-node 1.30.0; not edited by hand.

/** `domain:Name-since` of a function and types that its body has no kernels for; `?`: with all inputs. */
export const functionGaps: string = `:AffineGrid-20 T1=bfloat16
:Attention-23 T1=bfloat16
:Attention-24 T1=bfloat16
:Bernoulli-22 T1=float16 T1=float32 T1=float64 T1=bfloat16
:CastLike-23 T1=float4e2m1 T2=float4e2m1
:CastLike-24 T1=float4e2m1 T2=float4e2m1
:CastLike-25 T1=float4e2m1 T2=float4e2m1
:CenterCropPad-18 T=complex128 T=complex64 T=int16 T=uint16 T=bfloat16 T=string
:Clip-13 T=int16? T=uint16? T=bfloat16?
:Elu-6 T=float64
:Elu-22 T=float64 T=bfloat16
:Gelu-20 T=float64 T=bfloat16
:GreaterOrEqual-16 T=bfloat16
:GroupNormalization-21 T=bfloat16
:HardSigmoid-6 T=float64
:HardSigmoid-22 T=float64 T=bfloat16
:HardSwish-14 T=float64
:HardSwish-22 T=float64 T=bfloat16
:LeakyRelu-16 T=bfloat16
:LessOrEqual-16 T=bfloat16
:LogSoftmax-13 T=bfloat16
:Mish-22 T=float64 T=bfloat16
:NegativeLogLikelihoodLoss-22 T=bfloat16
:PRelu-16 T=uint32 T=uint64 T=bfloat16
:RMSNormalization-23 T=bfloat16
:ReduceL1-18 T=uint32 T=uint64 T=bfloat16
:ReduceL2-18 T=uint32 T=uint64 T=bfloat16
:ReduceLogSum-18 T=uint32 T=uint64 T=bfloat16
:ReduceSumSquare-18 T=uint32 T=uint64 T=bfloat16
:Relu-14 T=int16 T=int64 T=bfloat16
:RotaryEmbedding-23 T=bfloat16
:Selu-6 T=float64
:Selu-22 T=float64 T=bfloat16
:Softmax-13 T=bfloat16
:SoftmaxCrossEntropyLoss-13 T=bfloat16
:Softplus-1 T=float64
:Softplus-22 T=float64 T=bfloat16
:Softsign-1 T=float64
:Softsign-22 T=float64 T=bfloat16
:Swish-24 T=bfloat16
:ThresholdedRelu-10 T=float64
:ThresholdedRelu-22 T=float64 T=bfloat16
com.microsoft:FastGelu-1 T=bfloat16
com.microsoft:QuickGelu-1 T=bfloat16`;
