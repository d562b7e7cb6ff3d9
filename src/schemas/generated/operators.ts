// Made by bench/generate-operators.py from onnx 1.23.1, onnxruntime 1.30.0; not edited by hand.
// Facts of https://github.com/onnx/onnx and https://github.com/microsoft/onnxruntime.

/** Every version of every operator; the format is in parse-schema.ts. */
export const operators: string = `:
Abs	1|X:T|Y:T|T=0|consumed_inputs:i*	6|=|=|T=1|	13|=|=|T=2|
Acos	7|input:T|output:T|T=0|	22|=|=|T=3|
Acosh	9|input:T|output:T|T=0|	22|=|=|T=3|
Add	1|A:T B:T|C:T|T=0|axis:i broadcast:i=0 consumed_inputs:i*	6|=|=|T=4|axis:i broadcast:i=0	7|=|=|=|	13|=|=|T=5|	14|=|=|T=2|
AffineGrid	20f|theta:T1 size:T2|grid:T1|T1=3 T2=6|align_corners:i=0
And	1|A:T B:T|C:T1|T=7 T1=7|axis:i broadcast:i=0	7|=|=|=|
ArgMax	1|data:T|reduced:int64|T=1|axis:i=0 keepdims:i=1	11|=|=|=|=	12|=|=|=|axis:i=0 keepdims:i=1 select_last_index:i=0	13|=|=|T=2|=
ArgMin	1|data:T|reduced:int64|T=1|axis:i=0 keepdims:i=1	11|=|=|=|=	12|=|=|=|axis:i=0 keepdims:i=1 select_last_index:i=0	13|=|=|T=2|=
Asin	7|input:T|output:T|T=0|	22|=|=|T=3|
Asinh	9|input:T|output:T|T=0|	22|=|=|T=3|
Atan	7|input:T|output:T|T=0|	22|=|=|T=3|
Atanh	9|input:T|output:T|T=0|	22|=|=|T=3|
Attention	23f|Q:T1 K:T1 V:T2 attn_mask:U? past_key:T1? past_value:T2?|Y:T1 present_key:T1? present_value:T2? qk_matmul_output:T1?|T1=3 T2=3 U=8|is_causal:i=0 kv_num_heads:i q_num_heads:i qk_matmul_output_mode:i=0 scale:f softcap:f=0 softmax_precision:i	24f|Q:T1 K:T1 V:T2 attn_mask:U? past_key:T1? past_value:T2? nonpad_kv_seqlen:int64?|=|=|=	25fn|=|=|=|is_causal:i=0 kv_num_heads:i left_window_size:i=-1 q_num_heads:i qk_matmul_output_mode:i=0 right_window_size:i=-1 scale:f softcap:f=0 softmax_precision:i
AveragePool	1|X:T|Y:T|T=0|auto_pad:s=NOTSET kernel_shape:i*! pads:i* strides:i*	7|=|=|=|auto_pad:s=NOTSET count_include_pad:i=0 kernel_shape:i*! pads:i* strides:i*	10|=|=|=|auto_pad:s=NOTSET ceil_mode:i=0 count_include_pad:i=0 kernel_shape:i*! pads:i* strides:i*	11|=|=|=|=	19|=|=|=|auto_pad:s=NOTSET ceil_mode:i=0 count_include_pad:i=0 dilations:i* kernel_shape:i*! pads:i* strides:i*	22|=|=|T=3|=
BatchNormalization	1|X:T scale:T B:T mean:T var:T|Y:T mean:T? var:T? saved_mean:T? saved_var:T?#1,5|T=0|consumed_inputs:i*! epsilon:f=1e-05 is_test:i=0 momentum:f=0.9 spatial:i=1	6|=|=|=|epsilon:f=1e-05 is_test:i=0 momentum:f=0.9 spatial:i=1	7|=|=|=|epsilon:f=1e-05 momentum:f=0.9 spatial:i=1	9|=|=|=|epsilon:f=1e-05 momentum:f=0.9	14|X:T scale:T B:T input_mean:U input_var:U|Y:T running_mean:U? running_var:U?#1,3|T=3 U=3|epsilon:f=1e-05 momentum:f=0.9 training_mode:i=0	15|X:T scale:T1 B:T1 input_mean:T2 input_var:T2|Y:T running_mean:T2? running_var:T2?#1,3|T=3 T1=3 T2=3|=
Bernoulli	15f|input:T1|output:T2|T1=0 T2=8|dtype:i seed:f	22f|=|=|T1=3 T2=8|=
BitCast	26|input:T1|output:T2|T1=9 T2=9|to:i!
BitShift	11|X:T Y:T|Z:T|T=10|direction:s!	28n|=|=|T=11|=
BitwiseAnd	18|A:T B:T|C:T|T=11|
BitwiseNot	18|X:T|Y:T|T=11|
BitwiseOr	18|A:T B:T|C:T|T=11|
BitwiseXor	18|A:T B:T|C:T|T=11|
BlackmanWindow	17f|size:T1|output:T2|T1=12 T2=2|output_datatype:i=1 periodic:i=1
Cast	1|input:T1|output:T2|T1=13 T2=13|to:s!	6|=|=|=|to:i!	9|=|=|T1=14 T2=14|=	13|=|=|T1=15 T2=15|=	19|=|=|T1=16 T2=16|saturate:i=1 to:i!	21|=|=|T1=17 T2=17|=	23|=|=|T1=18 T2=18|=	24|=|=|T1=19 T2=19|round_mode:s=up saturate:i=1 to:i!	25|=|=|T1=20 T2=20|=	28n|=|=|T1=21 T2=21|=
CastLike	15f|input:T1 target_type:T2|output:T2|T1=15 T2=15|	19f|=|=|T1=16 T2=16|saturate:i=1	21f|=|=|T1=17 T2=17|=	23f|=|=|T1=18 T2=18|=	24f|=|=|T1=19 T2=19|round_mode:s=up saturate:i=1	25f|=|=|T1=20 T2=20|=
CausalConvWithState	27f|input:T weight:T bias:T? past_state:T?|output:T present_state:T|T=22|activation:s=none
Ceil	1|X:T|Y:T|T=0|consumed_inputs:i*	6|=|=|=|	13|=|=|T=3|
Celu	12f|X:T|Y:T|T=23|alpha:f=1	28fn|=|=|T=3|=
CenterCropPad	18f|input_data:T shape:Tind|output_data:T|T=24 Tind=12|axes:i*
Clip	1|input:T|output:T|T=0|consumed_inputs:i* max:f min:f	6|=|=|=|max:f=3.4028235e+38 min:f=-3.4028235e+38	11|input:T min:T? max:T?|=|=|	12|=|=|T=1|	13f|=|=|T=2|
Col2Im	18|input:T image_shape:int64 block_shape:int64|output:T|T=24|dilations:i* pads:i* strides:i*
Compress	9|input:T condition:T1|output:T|T=25 T1=7|axis:i	11|=|=|=|=	28n|=|=|T=24 T1=7|=
Concat	1|inputs:T*1|concat_result:T|T=0|axis:i	4|=|=|T=25|axis:i!	11|=|=|=|=	13|=|=|T=24|=
ConcatFromSequence	11|input_sequence:S|concat_result:T|S=26 T=25|axis:i! new_axis:i=0
Constant	1||output:T|T=0|value:t!	9||=|T=25|=	11||=|=|sparse_value:p value:t	12||=|=|sparse_value:p value:t value_float:f value_floats:f* value_int:i value_ints:i* value_string:s value_strings:s*	13||=|T=24|=	19||=|T=27|=	21||=|T=28|=	23||=|T=29|=	24||=|T=30|=	25||=|T=31|=
ConstantOfShape	9|input:T1|output:T2|T1=6 T2=13|value:t	20|=|=|T1=6 T2=32|=	21|=|=|T1=6 T2=33|=	23|=|=|T1=6 T2=34|=	24|=|=|T1=6 T2=35|=	25|=|=|T1=6 T2=36|=
Conv	1|X:T W:T B:T?|Y:T|T=0|auto_pad:s=NOTSET dilations:i* group:i=1 kernel_shape:i* pads:i* strides:i*	11|=|=|=|=	22|=|=|T=3|=
ConvInteger	10|x:T1 w:T2 x_zero_point:T1? w_zero_point:T2?|y:T3|T1=37 T2=37 T3=38|auto_pad:s=NOTSET dilations:i* group:i=1 kernel_shape:i* pads:i* strides:i*
ConvTranspose	1|X:T W:T B:T?|Y:T|T=0|auto_pad:s=NOTSET dilations:i* group:i=1 kernel_shape:i* output_padding:i* output_shape:i* pads:i* strides:i*	11|=|=|=|=	22|=|=|T=3|=
Cos	7|input:T|output:T|T=0|	22|=|=|T=3|
Cosh	9|input:T|output:T|T=0|	22|=|=|T=3|
CumProd	26|x:T axis:T2|y:T|T=5 T2=12|exclusive:i=0 reverse:i=0
CumSum	11|x:T axis:T2|y:T|T=39 T2=12|exclusive:i=0 reverse:i=0	14|=|=|T=5 T2=12|=
DFT	17|input:T1 dft_length:T2?|output:T1|T1=3 T2=12|axis:i=1 inverse:i=0 onesided:i=0	20|input:T1 dft_length:T2? axis:int64?|=|=|inverse:i=0 onesided:i=0
DeformConv	19|X:T W:T offset:T B:T? mask:T?|Y:T|T=0|dilations:i* group:i=1 kernel_shape:i* offset_group:i=1 pads:i* strides:i*	22|=|=|T=3|=
DepthToSpace	1|input:T|output:T|T=25|blocksize:i!	11|=|=|=|blocksize:i! mode:s=DCR	13|=|=|T=24|=	28fn|=|=|=|=
DequantizeLinear	10|x:T x_scale:float32 x_zero_point:T?|y:float32|T=40|	13|=|=|=|axis:i=1	19|x:T1 x_scale:T2 x_zero_point:T1?|y:T2|T1=41 T2=22|=	21|=|=|T1=42 T2=22|axis:i=1 block_size:i=0	23|=|y:T3|T1=43 T2=22 T3=22|axis:i=1 block_size:i=0 output_dtype:i=0	24|=|=|T1=43 T2=44 T3=22|=	25|=|=|T1=45 T2=44 T3=22|=	28n|=|=|T1=46 T2=44 T3=22|=
Det	11|X:T|Y:T|T=0|	22|=|=|T=3|
Div	1|A:T B:T|C:T|T=0|axis:i broadcast:i=0 consumed_inputs:i*	6|=|=|T=4|axis:i broadcast:i=0	7|=|=|=|	13|=|=|T=5|	14|=|=|T=2|
Dropout	1|data:T|output:T mask:T?|T=0|consumed_inputs:i* is_test:i=0 ratio:f=0.5	6|=|=|=|is_test:i=0 ratio:f=0.5	7|=|=|=|ratio:f=0.5	10|=|output:T mask:T1?|T=0 T1=7|=	12|data:T ratio:T1? training_mode:T2?|output:T mask:T2?|T=0 T1=0 T2=7|seed:i	13|=|=|T=3 T1=0 T2=7|=	22|=|=|T=47 T1=47 T2=7|=
DynamicQuantizeLinear	11f|x:T1|y:T2 y_scale:float32 y_zero_point:T2|T1=23 T2=48|
Einsum	12|Inputs:T*1|Output:T|T=1|equation:s!	28n|=|=|T=2|=
Elu	1|X:T|Y:T|T=0|alpha:f=1 consumed_inputs:i*	6f|=|=|=|alpha:f=1	22f|=|=|T=3|=
Equal	1|A:T B:T|C:T1|T=49 T1=7|axis:i broadcast:i=0	7|=|=|=|	11|=|=|T=13 T1=7|	13|=|=|T=8 T1=7|	19|=|=|T=15 T1=7|
Erf	9|input:T|output:T|T=1|	13|=|=|T=3|
Exp	1|input:T|output:T|T=0|consumed_inputs:i*	6|=|=|=|	13|=|=|T=3|
Expand	8|input:T shape:int64|output:T|T=25|	13|=|=|T=24|
EyeLike	9|input:T1|output:T2|T1=13 T2=13|dtype:i k:i=0	22|=|=|T1=8 T2=8|=
Flatten	1|input:T|output:T|T=0|axis:i=1	9|=|=|T=25|=	11|=|=|=|=	13|=|=|T=24|=	21|=|=|T=28|=	23|=|=|T=29|=	24|=|=|T=30|=	25|=|=|T=31|=
Floor	1|X:T|Y:T|T=0|consumed_inputs:i*	6|=|=|=|	13|=|=|T=3|
GRU	1|X:T W:T R:T B:T? sequence_lens:T1? initial_h:T?|Y:T? Y_h:T|T=0 T1=38|activation_alpha:f* activation_beta:f* activations:s* clip:f direction:s=foward hidden_size:i output_sequence:i=0	3|=|Y:T? Y_h:T?|=|activation_alpha:f* activation_beta:f* activations:s* clip:f direction:s=forward hidden_size:i linear_before_reset:i=0 output_sequence:i=0	7|=|=|=|activation_alpha:f* activation_beta:f* activations:s* clip:f direction:s=forward hidden_size:i linear_before_reset:i=0	14|=|=|=|activation_alpha:f* activation_beta:f* activations:s* clip:f direction:s=forward hidden_size:i layout:i=0 linear_before_reset:i=0	22|=|=|T=3 T1=38|=
Gather	1|data:T indices:Tind|output:T|T=25 Tind=12|axis:i=0	11|=|=|=|=	13|=|=|T=24 Tind=12|=
GatherElements	11|data:T indices:Tind|output:T|T=25 Tind=12|axis:i=0	13|=|=|T=24 Tind=12|=
GatherND	11|data:T indices:int64|output:T|T=25|	12|=|=|=|batch_dims:i=0	13|=|=|T=24|=
Gelu	20f|X:T|Y:T|T=3|approximate:s=none
Gemm	1|A:T B:T C:T|Y:T|T=0|alpha:f=1 beta:f=1 broadcast:i=0 transA:i=0 transB:i=0	6|=|=|=|=	7|=|=|=|alpha:f=1 beta:f=1 transA:i=0 transB:i=0	9|=|=|T=4|=	11|A:T B:T C:T?|=|=|=	13|=|=|T=5|=
GlobalAveragePool	1|X:T|Y:T|T=0|	22|=|=|T=3|
GlobalLpPool	1|X:T|Y:T|T=0|p:f=2	2|=|=|=|p:i=2	22|=|=|T=3|=
GlobalMaxPool	1|X:T|Y:T|T=0|	22|=|=|T=3|
Greater	1|A:T B:T|C:T1|T=0 T1=7|axis:i broadcast:i=0	7|=|=|=|	9|=|=|T=1 T1=7|	13|=|=|T=2 T1=7|
GreaterOrEqual	12f|A:T B:T|C:T1|T=1 T1=7|	16f|=|=|T=2 T1=7|
GridSample	16|X:T1 grid:T2|Y:T1|T1=25 T2=0|align_corners:i=0 mode:s=bilinear padding_mode:s=zeros	20|=|=|=|align_corners:i=0 mode:s=linear padding_mode:s=zeros	22|=|=|T1=24 T2=3|=
GroupNormalization	18df|X:T scale:T bias:T|Y:T|T=3|epsilon:f=1e-05 num_groups:i!	21f|=|=|=|epsilon:f=1e-05 num_groups:i! stash_type:i=1
HammingWindow	17f|size:T1|output:T2|T1=12 T2=2|output_datatype:i=1 periodic:i=1
HannWindow	17f|size:T1|output:T2|T1=12 T2=2|output_datatype:i=1 periodic:i=1
HardSigmoid	1|X:T|Y:T|T=0|alpha:f=0.2 beta:f=0.5 consumed_inputs:i*	6f|=|=|=|alpha:f=0.2 beta:f=0.5	22f|=|=|T=3|=
HardSwish	14f|X:T|Y:T|T=0|	22f|=|=|T=3|
Hardmax	1|input:T|output:T|T=0|axis:i=1	11|=|=|=|=	13|=|=|T=3|axis:i=-1
Identity	1|input:T|output:T|T=25|	13|=|=|T=24|	14|input:V|output:V|V=50|	16|=|=|V=51|	19|=|=|V=52|	21|=|=|V=53|	23|=|=|V=54|	24|=|=|V=55|	25|=|=|V=56|
If	1|cond:B|outputs:V*1~|V=25 B=7|else_branch:g! then_branch:g!	11|=|=|=|=	13|=|=|V=57 B=7|=	16|=|=|V=58 B=7|=	19|=|=|V=59 B=7|=	21|=|=|V=60 B=7|=	23|=|=|V=61 B=7|=	24|=|=|V=62 B=7|=	25|=|=|V=63 B=7|=
ImageDecoder	20|encoded_stream:T1|image:T2|T1=48 T2=48|pixel_format:s=RGB
InstanceNormalization	1|input:T scale:T B:T|output:T|T=0|consumed_inputs:i* epsilon:f=1e-05	6|=|=|=|epsilon:f=1e-05	22|=|=|T=3|=
IsInf	10|X:T1|Y:T2|T1=64 T2=7|detect_negative:i=1 detect_positive:i=1	20|=|=|T1=47 T2=7|=
IsNaN	9|X:T1|Y:T2|T1=0 T2=7|	13|=|=|T1=3 T2=7|	20|=|=|T1=47 T2=7|
LRN	1|X:T|Y:T|T=0|alpha:f=1e-04 beta:f=0.75 bias:f=1 size:i!	13|=|=|T=3|=
LSTM	1|X:T W:T R:T B:T? sequence_lens:T1? initial_h:T? initial_c:T? P:T?|Y:T? Y_h:T? Y_c:T?|T=0 T1=38|activation_alpha:f* activation_beta:f* activations:s* clip:f direction:s=forward hidden_size:i input_forget:i=0 output_sequence:i=0	7|=|=|=|activation_alpha:f* activation_beta:f* activations:s* clip:f direction:s=forward hidden_size:i input_forget:i=0	14|=|=|=|activation_alpha:f* activation_beta:f* activations:s* clip:f direction:s=forward hidden_size:i input_forget:i=0 layout:i=0	22|=|=|T=3 T1=38|=
LayerNormalization	17f|X:T Scale:T B:T?|Y:T Mean:U? InvStdDev:U?|T=3 U=65|axis:i=-1 epsilon:f=1e-05 stash_type:i=1
LeakyRelu	1|X:T|Y:T|T=0|alpha:f=0.01 consumed_inputs:i*	6|=|=|=|alpha:f=0.01	16f|=|=|T=3|=
Less	1|A:T B:T|C:T1|T=0 T1=7|axis:i broadcast:i=0	7|=|=|=|	9|=|=|T=1 T1=7|	13|=|=|T=2 T1=7|
LessOrEqual	12f|A:T B:T|C:T1|T=1 T1=7|	16f|=|=|T=2 T1=7|
LinearAttention	27f|query:T key:T value:T past_state:S? decay:T? beta:T?|output:T present_state:S|T=22 S=22|chunk_size:i=64 kv_num_heads:i! q_num_heads:i! scale:f=0 update_rule:s=gated_delta
Log	1|input:T|output:T|T=0|consumed_inputs:i*	6|=|=|=|	13|=|=|T=3|
LogSoftmax	1|input:T|output:T|T=0|axis:i=1	11|=|=|=|=	13f|=|=|T=3|axis:i=-1
Loop	1|M:I? cond:B? v_initial:V*1~|v_final_and_scan_outputs:V*1~|V=25 I=6 B=7|body:g!	11|M:I? cond:B? v_initial:V*0~|=|=|=	13|=|=|V=57 I=6 B=7|=	16|=|=|V=58 I=6 B=7|=	19|=|=|V=59 I=6 B=7|=	21|=|=|V=60 I=6 B=7|=	23|=|=|V=61 I=6 B=7|=	24|=|=|V=62 I=6 B=7|=	25|=|=|V=63 I=6 B=7|=
LpNormalization	1|input:T|output:T|T=0|axis:i=-1 p:i=2	22|=|=|T=3|=
LpPool	1|X:T|Y:T|T=0|auto_pad:s=NOTSET kernel_shape:i* p:f=2 pads:i* strides:i*	2|=|=|=|auto_pad:s=NOTSET kernel_shape:i*! p:i=2 pads:i* strides:i*	11|=|=|=|=	18|=|=|=|auto_pad:s=NOTSET ceil_mode:i=0 dilations:i* kernel_shape:i*! p:i=2 pads:i* strides:i*	22|=|=|T=3|=
MatMul	1|A:T B:T|Y:T|T=0|	9|=|=|T=4|	13|=|=|T=5|
MatMulInteger	10|A:T1 B:T2 a_zero_point:T1? b_zero_point:T2?|Y:T3|T1=37 T2=37 T3=38|
Max	1|data_0:T*1|max:T|T=0|consumed_inputs:i*	6|=|=|=|	8|=|=|=|	12|=|=|T=1|	13|=|=|T=2|
MaxPool	1|X:T|Y:T|T=0|auto_pad:s=NOTSET kernel_shape:i*! pads:i* strides:i*	8|=|Y:T Indices:I?|T=0 I=6|auto_pad:s=NOTSET kernel_shape:i*! pads:i* storage_order:i=0 strides:i*	10|=|=|=|auto_pad:s=NOTSET ceil_mode:i=0 dilations:i* kernel_shape:i*! pads:i* storage_order:i=0 strides:i*	11|=|=|=|=	12|=|=|T=66 I=6|=	22|=|=|T=67 I=6|=
MaxRoiPool	1|X:T rois:T|Y:T|T=0|pooled_shape:i*! spatial_scale:f=1	22|=|=|T=3|=
MaxUnpool	9|X:T1 I:T2 output_shape:T2?|output:T1|T1=0 T2=6|kernel_shape:i*! pads:i* strides:i*	11|=|=|=|=	22|=|=|T1=3 T2=6|=
Mean	1|data_0:T*1|mean:T|T=0|consumed_inputs:i*	6|=|=|=|	8|=|=|=|	13|=|=|T=3|
MeanVarianceNormalization	9f|X:T|Y:T|T=0|axes:i*=0,2,3	13f|=|=|T=3|=
MelWeightMatrix	17|num_mel_bins:T1 dft_length:T1 sample_rate:T1 lower_edge_hertz:T2 upper_edge_hertz:T2|output:T3|T1=12 T2=3 T3=2|output_datatype:i=1
Min	1|data_0:T*1|min:T|T=0|consumed_inputs:i*	6|=|=|=|	8|=|=|=|	12|=|=|T=1|	13|=|=|T=2|
Mish	18f|X:T|Y:T|T=0|	22f|=|=|T=3|
Mod	10|A:T B:T|C:T|T=1|fmod:i=0	13|=|=|T=2|=	28n|=|=|=|=
Mul	1|A:T B:T|C:T|T=0|axis:i broadcast:i=0 consumed_inputs:i*	6|=|=|T=4|axis:i broadcast:i=0	7|=|=|=|	13|=|=|T=5|	14|=|=|T=2|
Multinomial	7|input:T1|output:T2|T1=0 T2=12|dtype:i=6 sample_size:i=1 seed:f	22|=|=|T1=3 T2=12|=
Neg	1|X:T|Y:T|T=0|consumed_inputs:i*	6|=|=|T=68|	13|=|=|T=69|
NegativeLogLikelihoodLoss	12f|input:T target:Tind weight:T?|loss:T|T=0 Tind=12|ignore_index:i reduction:s=mean	13f|=|=|=|=	22f|=|=|T=3 Tind=12|=
NonMaxSuppression	10|boxes:float32 scores:float32 max_output_boxes_per_class:int64? iou_threshold:float32? score_threshold:float32?|selected_indices:int64||center_point_box:i=0	11|=|=||=
NonZero	9|X:T|Y:int64|T=25|	13|=|=|T=24|
Not	1|X:T|Y:T|T=7|
OneHot	9|indices:T1 depth:T2 values:T3|output:T3|T1=1 T2=1 T3=25|axis:i=-1	11|=|=|=|=	28n|=|=|T1=1 T2=1 T3=24|=
Optional	15|input:V?|output:O|V=57 O=70|type:y	28n|=|=|V=71 O=72|=
OptionalGetElement	15|input:O|output:V|O=70 V=57|	18|=|=|O=73 V=57|	28n|=|=|O=74 V=71|
OptionalHasElement	15|input:O|output:B|O=70 B=7|	18|input:O?|=|O=73 B=7|	28n|=|=|O=74 B=7|
Or	1|A:T B:T|C:T1|T=7 T1=7|axis:i broadcast:i=0	7|=|=|=|
PRelu	1|X:T slope:T|Y:T|T=0|consumed_inputs:i*	6|=|=|=|	7|=|=|=|	9|=|=|T=4|	16f|=|=|T=5|
Pad	1|data:T|output:T|T=0|mode:s=constant paddings:i*! value:f=0	2|=|=|=|mode:s=constant pads:i*! value:f=0	11|data:T pads:int64 constant_value:T?|=|T=1|mode:s=constant	13|=|=|T=24|=	18|data:T pads:int64 constant_value:T? axes:Tind?|=|T=24 Tind=12|=	19|=|=|=|=	21|=|=|T=28 Tind=12|=	23|=|=|T=29 Tind=12|=	24|=|=|T=30 Tind=12|=	25|=|=|T=31 Tind=12|=
Pow	1|X:T Y:T|Z:T|T=0|axis:i broadcast:i=0	7|=|=|=|	12|X:T Y:T1|=|T=75 T1=1|	13|=|=|T=76 T1=1|	15|=|=|T=76 T1=2|
QLinearConv	10|x:T1 x_scale:float32 x_zero_point:T1 w:T2 w_scale:float32 w_zero_point:T2 y_scale:float32 y_zero_point:T3 B:T4?|y:T3|T1=37 T2=37 T3=37 T4=38|auto_pad:s=NOTSET dilations:i* group:i=1 kernel_shape:i* pads:i* strides:i*
QLinearMatMul	10|a:T1 a_scale:float32 a_zero_point:T1 b:T2 b_scale:float32 b_zero_point:T2 y_scale:float32 y_zero_point:T3|y:T3|T1=37 T2=37 T3=37|	21|a:T1 a_scale:TS a_zero_point:T1 b:T2 b_scale:TS b_zero_point:T2 y_scale:TS y_zero_point:T3|=|TS=22 T1=77 T2=77 T3=77|
QuantizeLinear	10|x:T1 y_scale:float32 y_zero_point:T2?|y:T2|T1=78 T2=37|	13|=|=|=|axis:i=1	19|x:T1 y_scale:T1 y_zero_point:T2?|=|T1=79 T2=77|axis:i=1 saturate:i=1	21|=|=|T1=79 T2=80|axis:i=1 block_size:i=0 output_dtype:i=0 saturate:i=1	23|x:T1 y_scale:T2 y_zero_point:T3?|y:T3|T1=79 T2=79 T3=81|axis:i=1 block_size:i=0 output_dtype:i=0 precision:i=0 saturate:i=1	24|=|=|T1=79 T2=82 T3=81|=	25|=|=|T1=79 T2=82 T3=83|=	28n|=|=|T1=79 T2=82 T3=84|=
RMSNormalization	23f|X:T scale:V|Y:V|T=3 V=3|axis:i=-1 epsilon:f=1e-05 stash_type:i=1
RNN	1|X:T W:T R:T B:T? sequence_lens:T1? initial_h:T?|Y:T? Y_h:T?|T=0 T1=38|activation_alpha:f* activation_beta:f* activations:s*=Tanh,Tanh clip:f direction:s=forward hidden_size:i output_sequence:i=0	7|=|=|=|activation_alpha:f* activation_beta:f* activations:s*=Tanh,Tanh clip:f direction:s=forward hidden_size:i	14|=|=|=|activation_alpha:f* activation_beta:f* activations:s*=Tanh,Tanh clip:f direction:s=forward hidden_size:i layout:i=0	22|=|=|T=3 T1=38|=
RandomNormal	1||output:T|T=0|dtype:i=1 mean:f=0 scale:f=1 seed:f shape:i*!	22||=|T=3|=
RandomNormalLike	1|input:T1|output:T2|T1=25 T2=0|dtype:i mean:f=0 scale:f=1 seed:f	22|=|=|T1=24 T2=3|=
RandomUniform	1||output:T|T=0|dtype:i=1 high:f=1 low:f=0 seed:f shape:i*!	22||=|T=3|=
RandomUniformLike	1|input:T1|output:T2|T1=25 T2=0|dtype:i high:f=1 low:f=0 seed:f	22|=|=|T1=24 T2=3|=
Range	11f|start:T limit:T delta:T|output:T|T=85|	27f|=|=|T=86|stash_type:i=1
Reciprocal	1|X:T|Y:T|T=0|consumed_inputs:i*	6|=|=|=|	13|=|=|T=3|
ReduceL1	1|data:T|reduced:T|T=4|axes:i* keepdims:i=1	11|=|=|=|=	13|=|=|T=5|=	18f|data:T axes:int64?|=|=|keepdims:i=1 noop_with_empty_axes:i=0
ReduceL2	1|data:T|reduced:T|T=4|axes:i* keepdims:i=1	11|=|=|=|=	13|=|=|T=5|=	18f|data:T axes:int64?|=|=|keepdims:i=1 noop_with_empty_axes:i=0
ReduceLogSum	1|data:T|reduced:T|T=4|axes:i* keepdims:i=1	11|=|=|=|=	13|=|=|T=5|=	18f|data:T axes:int64?|=|=|keepdims:i=1 noop_with_empty_axes:i=0	28fn|=|=|T=3|=
ReduceLogSumExp	1|data:T|reduced:T|T=4|axes:i* keepdims:i=1	11|=|=|=|=	13|=|=|T=5|=	18f|data:T axes:int64?|=|=|keepdims:i=1 noop_with_empty_axes:i=0	28fn|=|=|T=3|=
ReduceMax	1|data:T|reduced:T|T=4|axes:i* keepdims:i=1	11|=|=|=|=	12|=|=|T=87|=	13|=|=|T=88|=	18|data:T axes:int64?|=|=|keepdims:i=1 noop_with_empty_axes:i=0	20|=|=|T=89|=
ReduceMean	1|data:T|reduced:T|T=4|axes:i* keepdims:i=1	11|=|=|=|=	13|=|=|T=5|=	18|data:T axes:int64?|=|=|keepdims:i=1 noop_with_empty_axes:i=0
ReduceMin	1|data:T|reduced:T|T=4|axes:i* keepdims:i=1	11|=|=|=|=	12|=|=|T=87|=	13|=|=|T=88|=	18|data:T axes:int64?|=|=|keepdims:i=1 noop_with_empty_axes:i=0	20|=|=|T=89|=
ReduceProd	1|data:T|reduced:T|T=4|axes:i* keepdims:i=1	11|=|=|=|=	13|=|=|T=5|=	18|data:T axes:int64?|=|=|keepdims:i=1 noop_with_empty_axes:i=0
ReduceSum	1|data:T|reduced:T|T=4|axes:i* keepdims:i=1	11|=|=|=|=	13|data:T axes:int64?|=|T=5|keepdims:i=1 noop_with_empty_axes:i=0
ReduceSumSquare	1|data:T|reduced:T|T=4|axes:i* keepdims:i=1	11|=|=|=|=	13|=|=|T=5|=	18f|data:T axes:int64?|=|=|keepdims:i=1 noop_with_empty_axes:i=0
RegexFullMatch	20|X:T1|Y:T2|T1=90 T2=7|pattern:s
Relu	1|X:T|Y:T|T=0|consumed_inputs:i*	6|=|=|=|	13|=|=|T=3|	14f|=|=|T=69|
Reshape	1|data:T|reshaped:T|T=0|consumed_inputs:i* shape:i*	5|data:T shape:int64|=|T=25|	13|=|=|T=24|	14|=|=|=|allowzero:i=0	19|=|=|T=27|=	21|=|=|T=28|=	23|=|=|T=29|=	24|=|=|T=30|=	25|=|=|T=31|=
Resize	10|X:T scales:float32|Y:T|T=25|mode:s=nearest	11|X:T1 roi:T2 scales:float32 sizes:int64?|Y:T1|T1=25 T2=0|coordinate_transformation_mode:s=half_pixel cubic_coeff_a:f=-0.75 exclude_outside:i=0 extrapolation_value:f=0 mode:s=nearest nearest_mode:s=round_prefer_floor	13|X:T1 roi:T2? scales:float32? sizes:int64?|=|T1=24 T2=0|=	18|=|=|=|antialias:i=0 axes:i* coordinate_transformation_mode:s=half_pixel cubic_coeff_a:f=-0.75 exclude_outside:i=0 extrapolation_value:f=0 keep_aspect_ratio_policy:s=stretch mode:s=nearest nearest_mode:s=round_prefer_floor	19|=|=|=|=
ReverseSequence	10|input:T sequence_lens:int64|Y:T|T=25|batch_axis:i=1 time_axis:i=0	28n|=|=|T=24|=
RoiAlign	10|X:T1 rois:T1 batch_indices:T2|Y:T1|T1=0 T2=6|mode:s=avg output_height:i=1 output_width:i=1 sampling_ratio:i=0 spatial_scale:f=1	16|=|=|=|coordinate_transformation_mode:s=half_pixel mode:s=avg output_height:i=1 output_width:i=1 sampling_ratio:i=0 spatial_scale:f=1	22|=|=|T1=3 T2=6|=
RotaryEmbedding	23f|X:T cos_cache:T sin_cache:T position_ids:M?|Y:T|T=22 M=6|interleaved:i=0 num_heads:i rotary_embedding_dim:i=0
Round	11|X:T|Y:T|T=0|	22|=|=|T=3|
STFT	17|signal:T1 frame_step:T2 window:T1? frame_length:T2?|output:T1|T1=3 T2=12|onesided:i=1
Scan	8|sequence_lens:I? initial_state_and_scan_inputs:V*1~|final_state_and_scan_outputs:V*1~|I=6 V=25|body:g! directions:i* num_scan_inputs:i!	9|initial_state_and_scan_inputs:V*1~|=|V=25|body:g! num_scan_inputs:i! scan_input_axes:i* scan_input_directions:i* scan_output_axes:i* scan_output_directions:i*	11|=|=|=|=	16|=|=|V=24|=	19|=|=|V=27|=	21|=|=|V=28|=	23|=|=|V=29|=	24|=|=|V=30|=	25|=|=|V=31|=
Scatter	9|data:T indices:Tind updates:T|output:T|T=25 Tind=12|axis:i=0	11d|=|=|=|=
ScatterElements	11|data:T indices:Tind updates:T|output:T|T=25 Tind=12|axis:i=0	13|=|=|T=24 Tind=12|=	16|=|=|=|axis:i=0 reduction:s=none	18|=|=|=|=
ScatterND	11|data:T indices:int64 updates:T|output:T|T=25|	13|=|=|T=24|	16|=|=|=|reduction:s=none	18|=|=|=|=
Selu	1|X:T|Y:T|T=0|alpha:f=1.6732 consumed_inputs:i* gamma:f=1.0507	6f|=|=|=|alpha:f=1.6732632 gamma:f=1.050701	22f|=|=|T=3|=
SequenceAt	11|input_sequence:S position:I|tensor:T|S=26 T=25 I=12|
SequenceConstruct	11|inputs:T*1|output_sequence:S|T=25 S=26|
SequenceEmpty	11||output:S|S=26|dtype:i
SequenceErase	11|input_sequence:S position:I?|output_sequence:S|S=26 I=12|
SequenceInsert	11|input_sequence:S tensor:T position:I?|output_sequence:S|T=25 S=26 I=12|
SequenceLength	11|input_sequence:S|length:I|S=26 I=6|
SequenceMap	17f|input_sequence:S additional_inputs:V*0~|out_sequence:S*1~|S=26 V=57|body:g!
Shape	1|data:T|shape:T1|T=25 T1=6|	13|=|=|T=24 T1=6|	15|=|=|=|end:i start:i=0	19|=|=|T=27 T1=6|=	21|=|=|T=28 T1=6|=	23|=|=|T=29 T1=6|=	24|=|=|T=30 T1=6|=	25|=|=|T=31 T1=6|=
Shrink	9f|input:T|output:T|T=1|bias:f=0 lambd:f=0.5
Sigmoid	1|X:T|Y:T|T=0|consumed_inputs:i*	6|=|=|=|	13|=|=|T=3|
Sign	9|input:T|output:T|T=1|	13|=|=|T=2|
Sin	7|input:T|output:T|T=0|	22|=|=|T=3|
Sinh	9|input:T|output:T|T=0|	22|=|=|T=3|
Size	1|data:T|size:T1|T=25 T1=6|	13|=|=|T=24 T1=6|	19|=|=|T=27 T1=6|	21|=|=|T=28 T1=6|	23|=|=|T=29 T1=6|	24|=|=|T=30 T1=6|	25|=|=|T=31 T1=6|
Slice	1|data:T|output:T|T=25|axes:i* ends:i*! starts:i*!	10|data:T starts:Tind ends:Tind axes:Tind? steps:Tind?|=|T=25 Tind=12|	11|=|=|=|	13|=|=|T=24 Tind=12|
Softmax	1|input:T|output:T|T=0|axis:i=1	11|=|=|=|=	13f|=|=|T=3|axis:i=-1
SoftmaxCrossEntropyLoss	12f|scores:T labels:Tind weights:T?|output:T log_prob:T?|T=0 Tind=12|ignore_index:i reduction:s=mean	13f|=|=|T=3 Tind=12|=
Softplus	1f|X:T|Y:T|T=0|	22f|=|=|T=3|
Softsign	1f|input:T|output:T|T=0|	22f|=|=|T=3|
SpaceToDepth	1|input:T|output:T|T=25|blocksize:i!	13|=|=|T=24|=	28fn|=|=|=|blocksize:i! mode:s=DCR
Split	1|input:T split:T?|outputs...:T*1|T=0|axis:i split:i*	2|input:T|outputs:T*1|T=25|axis:i=0 split:i*	11|=|=|=|=	13|input:T split:int64?|=|T=24|axis:i=0	18|=|=|=|axis:i=0 num_outputs:i
SplitToSequence	11|input:T split:I?|output_sequence:S|T=25 I=12 S=26|axis:i=0 keepdims:i=1	24|=|=|T=24 I=12 S=91|=
Sqrt	1|X:T|Y:T|T=0|consumed_inputs:i*	6|=|=|=|	13|=|=|T=3|
Squeeze	1|data:T|squeezed:T|T=25|axes:i*	11|=|=|=|=	13|data:T axes:int64?|=|T=24|	21|=|=|T=28|	23|=|=|T=29|	24|=|=|T=30|	25|=|=|T=31|
StringConcat	20|X:T Y:T|Z:T|T=90|
StringNormalizer	10|X:string|Y:string||case_change_action:s=NONE is_case_sensitive:i=0 locale:s stopwords:s*
StringSplit	20|X:T1|Y:T2 Z:T3|T1=90 T2=90 T3=6|delimiter:s maxsplit:i
Sub	1|A:T B:T|C:T|T=0|axis:i broadcast:i=0 consumed_inputs:i*	6|=|=|T=4|axis:i broadcast:i=0	7|=|=|=|	13|=|=|T=5|	14|=|=|T=2|
Sum	1|data_0:T*1|sum:T|T=0|consumed_inputs:i*	6|=|=|=|	8|=|=|=|	13|=|=|T=3|
SwiGLU	28fn|A:T B:T|Y:T|T=3|alpha:f=1
Swish	24f|X:T|Y:T|T=3|alpha:f=1
Tan	7|input:T|output:T|T=0|	22|=|=|T=3|
Tanh	1|input:T|output:T|T=0|consumed_inputs:i*	6|=|=|=|	13|=|=|T=3|
TensorScatter	24|past_cache:T update:T write_indices:int64?|present_cache:T|T=30|axis:i=-2 mode:s=linear
TfIdfVectorizer	9|X:T|Y:T1|T=92 T1=23|max_gram_length:i! max_skip_count:i! min_gram_length:i! mode:s! ngram_counts:i*! ngram_indexes:i*! pool_int64s:i* pool_strings:s* weights:f*
ThresholdedRelu	10f|X:T|Y:T|T=0|alpha:f=1	22f|=|=|T=3|=
Tile	1|input:T tiles:T axis:T|output:T|T=0 T1=6|	6|input:T repeats:T1|=|T=25 T1=6|	13|=|=|T=24 T1=6|
TopK	1|X:T|Values:T Indices:I|T=0 I=6|axis:i=-1 k:i!	10|X:T K:int64|=|=|axis:i=-1	11|=|=|T=1 I=6|axis:i=-1 largest:i=1 sorted:i=1	24|=|=|T=2 I=6|=
Transpose	1|data:T|transposed:T|T=25|perm:i*	13|=|=|T=24|=	21|=|=|T=28|=	23|=|=|T=29|=	24|=|=|T=30|=	25|=|=|T=31|=
Trilu	14|input:T k:int64?|output:T|T=24|upper:i=1
Unique	11|X:T|Y:T indices:int64? inverse_indices:int64? counts:int64?|T=25|axis:i sorted:i=1	28n|=|=|T=24|=
Unsqueeze	1|data:T|expanded:T|T=25|axes:i*!	11|=|=|=|=	13|data:T axes:int64|=|T=24|	21|=|=|T=28|	23|=|=|T=29|	24|=|=|T=30|	25|=|=|T=31|
Upsample	1|X:T|Y:T|T=93|height_scale:f! mode:s=nearest width_scale:f!	7|=|=|T=25|mode:s=nearest scales:f*!	9|X:T scales:float32|=|=|mode:s=nearest	10d|=|=|=|=
Where	9|condition:B X:T Y:T|output:T|B=7 T=25|	16|=|=|B=7 T=24|
Xor	1|A:T B:T|C:T1|T=7 T1=7|axis:i broadcast:i=0	7|=|=|=|
:ai.onnx.ml
ArrayFeatureExtractor	1|X:T Y:int64|Z:T|T=94|
Binarizer	1|X:T|Y:T|T=95|threshold:f=0
CastMap	1|X:T1|Y:T2|T1=96 T2=97|cast_to:s=TO_FLOAT map_form:s=DENSE max_map:i=1
CategoryMapper	1|X:T1|Y:T2|T1=98 T2=98|cats_int64s:i* cats_strings:s* default_int64:i=-1 default_string:s=_Unused
DictVectorizer	1|X:T1|Y:T2|T1=99 T2=100|int64_vocabulary:i* string_vocabulary:s*
FeatureVectorizer	1|X:T1*1|Y:float32|T1=95|inputdimensions:i*
Imputer	1|X:T|Y:T|T=95|imputed_value_floats:f* imputed_value_int64s:i* replaced_value_float:f=0 replaced_value_int64:i=0
LabelEncoder	1|X:T1|Y:T2|T1=98 T2=98|classes_strings:s* default_int64:i=-1 default_string:s=_Unused	2|=|=|T1=97 T2=97|default_float:f=-0 default_int64:i=-1 default_string:s=_Unused keys_floats:f* keys_int64s:i* keys_strings:s* values_floats:f* values_int64s:i* values_strings:s*	4|=|=|T1=101 T2=101|default_float:f=-0 default_int64:i=-1 default_string:s=_Unused default_tensor:t keys_floats:f* keys_int64s:i* keys_strings:s* keys_tensor:t values_floats:f* values_int64s:i* values_strings:s* values_tensor:t
LinearClassifier	1|X:T1|Y:T2 Z:float32|T1=95 T2=98|classlabels_ints:i* classlabels_strings:s* coefficients:f*! intercepts:f* multi_class:i=0 post_transform:s=NONE
LinearRegressor	1|X:T|Y:float32|T=95|coefficients:f* intercepts:f* post_transform:s=NONE targets:i=1
Normalizer	1|X:T|Y:float32|T=95|norm:s=MAX
OneHotEncoder	1|X:T|Y:float32|T=94|cats_int64s:i* cats_strings:s* zeros:i=1
SVMClassifier	1|X:T1|Y:T2 Z:float32|T1=95 T2=98|classlabels_ints:i* classlabels_strings:s* coefficients:f* kernel_params:f* kernel_type:s=LINEAR post_transform:s=NONE prob_a:f* prob_b:f* rho:f* support_vectors:f* vectors_per_class:i*
SVMRegressor	1|X:T|Y:float32|T=95|coefficients:f* kernel_params:f* kernel_type:s=LINEAR n_supports:i=0 one_class:i=0 post_transform:s=NONE rho:f* support_vectors:f*
Scaler	1|X:T|Y:float32|T=95|offset:f* scale:f*
TreeEnsemble	5|X:T|Y:T|T=0|aggregate_function:i=1 leaf_targetids:i*! leaf_weights:t! membership_values:t n_targets:i nodes_falseleafs:i*! nodes_falsenodeids:i*! nodes_featureids:i*! nodes_hitrates:t nodes_missing_value_tracks_true:i* nodes_modes:t! nodes_splits:t! nodes_trueleafs:i*! nodes_truenodeids:i*! post_transform:i=0 tree_roots:i*!
TreeEnsembleClassifier	1|X:T1|Y:T2 Z:float32|T1=95 T2=98|base_values:f* class_ids:i* class_nodeids:i* class_treeids:i* class_weights:f* classlabels_int64s:i* classlabels_strings:s* nodes_falsenodeids:i* nodes_featureids:i* nodes_hitrates:f* nodes_missing_value_tracks_true:i* nodes_modes:s* nodes_nodeids:i* nodes_treeids:i* nodes_truenodeids:i* nodes_values:f* post_transform:s=NONE	3|=|=|=|base_values:f* base_values_as_tensor:t class_ids:i* class_nodeids:i* class_treeids:i* class_weights:f* class_weights_as_tensor:t classlabels_int64s:i* classlabels_strings:s* nodes_falsenodeids:i* nodes_featureids:i* nodes_hitrates:f* nodes_hitrates_as_tensor:t nodes_missing_value_tracks_true:i* nodes_modes:s* nodes_nodeids:i* nodes_treeids:i* nodes_truenodeids:i* nodes_values:f* nodes_values_as_tensor:t post_transform:s=NONE	5d|=|=|=|=
TreeEnsembleRegressor	1|X:T|Y:float32|T=95|aggregate_function:s=SUM base_values:f* n_targets:i nodes_falsenodeids:i* nodes_featureids:i* nodes_hitrates:f* nodes_missing_value_tracks_true:i* nodes_modes:s* nodes_nodeids:i* nodes_treeids:i* nodes_truenodeids:i* nodes_values:f* post_transform:s=NONE target_ids:i* target_nodeids:i* target_treeids:i* target_weights:f*	3|=|=|=|aggregate_function:s=SUM base_values:f* base_values_as_tensor:t n_targets:i nodes_falsenodeids:i* nodes_featureids:i* nodes_hitrates:f* nodes_hitrates_as_tensor:t nodes_missing_value_tracks_true:i* nodes_modes:s* nodes_nodeids:i* nodes_treeids:i* nodes_truenodeids:i* nodes_values:f* nodes_values_as_tensor:t post_transform:s=NONE target_ids:i* target_nodeids:i* target_treeids:i* target_weights:f* target_weights_as_tensor:t	5d|=|=|=|=
ZipMap	1|X:float32|Z:T|T=102|classlabels_int64s:i* classlabels_strings:s*
:ai.onnx.preview
FlexAttention	1fn|Q:T1 K:T1 V:T1|Y:T1|T1=3|prob_mod:g scale:f score_mod:g softmax_precision:i
:ai.onnx.preview.training
Adagrad	1n|R:T1 T:T2 inputs:T3*1~|outputs:T3*1~|T1=64 T2=6 T3=64|decay_factor:f=0 epsilon:f=1e-06 norm_coefficient:f=0
Adam	1n|R:T1 T:T2 inputs:T3*1~|outputs:T3*1~|T1=64 T2=6 T3=64|alpha:f=0.9 beta:f=0.999 epsilon:f=1e-06 norm_coefficient:f=0 norm_coefficient_post:f=0
Gradient	1n|Inputs:T1*1~|Outputs:T2*1~|T1=25 T2=0|xs:s*! y:s! zs:s*
Momentum	1n|R:T1 T:T2 inputs:T3*1~|outputs:T3*1~|T1=64 T2=6 T3=64|alpha:f! beta:f! mode:s! norm_coefficient:f!
:com.microsoft
Attention	1|input:T weights:T bias:T? mask_index:M? past:T? attention_bias:T? past_sequence_length:M?|output:T present:T?|T=22 M=38|do_rotary:i mask_filter_value:f num_heads:i! past_present_share_buffer:i qkv_hidden_sizes:i* rotary_embedding_dim:i scale:f unidirectional:i=0
AttnLSTM	1|X:T W:T R:T B:T? sequence_lens:T1? initial_h:T? initial_c:T? P:T? QW:T? MW:T? V:T? M:T? memory_seq_lens:T1? AW:T?|Y:T? Y_h:T? Y_c:T?|T=64 T1=38|activation_alpha:f* activation_beta:f* activations:s* clip:f direction:s=forward hidden_size:i input_forget:i=0
BeamSearch	1|input_ids:F max_length:I min_length:I? num_beams:I num_return_sequences:I length_penalty:T? repetition_penalty:T? vocab_mask:M? prefix_vocab_mask:M? attention_mask:I? decoder_input_ids:I? logits_processor:I?|sequences:I sequences_scores:T? scores:T?|T=103 F=104 I=38 M=38|decoder:g! decoder_start_token_id:i=-1 early_stopping:i=0 encoder:g eos_token_id:i! init_decoder:g model_type:i=0 no_repeat_ngram_size:i=0 pad_token_id:i! vocab_size:i=-1
BiasAdd	1|X:T bias:T skip:T|Y:T|T=103|
BiasDropout	1|data:T bias:T residual:T? ratio:T1? training_mode:T2?|output:T mask:T2?|T=3 T1=3 T2=7|seed:i
BiasGelu	1|A:T B:T|C:T|T=3|
BiasSoftmax	1|data:T bias:T|output:T|T=0|axis:i=1 is_inner_broadcast:i!
BiasSplitGelu	1|X:T bias:T|Y:T|T=103|
BifurcationDetector	1|src_tokens:T cur_tokens:T prev_suffix_match_idx:T pred_tokens:T?|tokens:T suffix_match_idx:T|T=6|max_ngram_size:i=3 min_ngram_size:i=1
BitmaskBiasDropout	1|data:T bias:T residual:T? ratio:T1? training_mode:T2?|output:T mask:T3?|T=3 T1=3 T2=7 T3=105|seed:i
BitmaskDropout	1|data:T ratio:T1? training_mode:T2?|output:T mask:T3?|T=3 T1=3 T2=7 T3=105|seed:i
CDist	1|A:T B:T|C:T|T=64|metric:s=sqeuclidean
CausalConvWithState	1|input:T weight:T bias:T? past_state:T?|output:T present_state:T|T=22|activation:s=none channels_last:i=0 dilation:i=1 ndim:i=1 state_window:i=0
ComplexMul	1|A:T B:T|C:T|T=0|
ComplexMulConj	1|A:T B:T|C:T|T=0|
ConvTransposeWithDynamicPads	1|X:T W:T Pads:int64? B:T?|Y:T|T=0|auto_pad:s=NOTSET dilations:i* group:i=1 kernel_shape:i* output_padding:i* strides:i*
CropAndResize	1|X:T1 rois:T1 batch_indices:T2 crop_size:T2|Y:T1|T1=0 T2=38|extrapolation_value:f=0 mode:s=bilinear
DecoderAttention	1|query:T key:T q_weight:T kv_weight:T bias:T key_padding_mask:B? key_cache:T? value_cache:T? static_kv:B use_past:B has_layer_state:B has_key_padding_mask:B|output:T new_key_cache:T? new_value_cache:T?|T=103 B=7|mask_filter_value:f num_heads:i!
DecoderMaskedMultiHeadAttention	1|query:T key:T? value:T? mask_index:M? attention_bias:T? past_key:T? past_value:T? past_sequence_length:M? beam_width:M? cache_indirection:M? bias:T?|output:T present_key:T? present_value:T? qk:QK?|T=103 QK=103 M=38|mask_filter_value:f num_heads:i! output_qk:i past_present_share_buffer:i scale:f
DecoderMaskedSelfAttention	1|input:T weights:T bias:T mask_index:M? past:T attention_bias:T? past_sequence_length:M beam_width:M? cache_indirection:M?|output:T present:T|T=103 M=38|do_rotary:i mask_filter_value:f num_heads:i! past_present_share_buffer:i scale:f
DequantizeBFP	1|x:T1 shape:T2 strides:T2|y:T3|T1=48 T2=6 T3=22|bfp_type:i! block_dim:i=-1 dtype:i=1
DequantizeLinear	1|x:T1 x_scale:T2 x_zero_point:T1?|y:T2|T1=106 T2=103|axis:i
DequantizeWithOrder	1|input:Q scale_input:S|output:F|Q=107 F=103 S=23|order_input:i! order_output:i! to:i!
DynamicQuantizeLSTM	1|X:T W:T2 R:T2 B:T? sequence_lens:T1? initial_h:T? initial_c:T? P:T? W_scale:T W_zero_point:T2 R_scale:T R_zero_point:T2|Y:T? Y_h:T? Y_c:T?|T=23 T1=38 T2=37|activation_alpha:f* activation_beta:f* activations:s* clip:f direction:s=forward hidden_size:i input_forget:i=0
DynamicQuantizeMatMul	1|A:T1 B:T2 b_scale:T1 b_zero_point:T2? bias:T1?|Y:T1|T1=23 T2=37|
DynamicTimeWarping	1|input:F|output:I|F=23 I=38|
EPContext	1|inputs:T*0~|outputs:T*1~|T=8|embed_mode:i=1 ep_cache_context:s ep_sdk_version:s hardware_architecture:s main_context:i=1 max_size:i=0 notes:s onnx_model_filename:s partition_name:s source:s
EmbedLayerNormalization	1|input_ids:T1 segment_ids:T1? word_embedding:T position_embedding:T segment_embedding:T? gamma:T beta:T mask:T1? position_ids:T1?|output:T mask_index:T1? embedding_sum:T?|T1=38 T=103|epsilon:f=1e-12 mask_index_type:i
EngramGate	1|key:T query:T value:T key_norm_scale:T query_norm_scale:T|output:T|T=22|epsilon:f=1e-05
ExpandDims	1|X:T axis:int32|Y:T|T=25|
FastGelu	1f|X:T bias:T?|Y:T|T=3|
FusedConv	1|X:T W:T B:T? Z:T?|Y:T|T=0|activation:s activation_params:f* auto_pad:s=NOTSET dilations:i* group:i=1 kernel_shape:i* pads:i* strides:i*
FusedGemm	1|A:T B:T C:T?|Y:T|T=4|activation:s activation_alpha:f activation_beta:f activation_gamma:f alpha:f=1 beta:f=1 transA:i=0 transB:i=0
FusedMatMul	1|A:T B:T|Y:T|T=3|alpha:f=1 transA:i=0 transB:i=0 transBatchA:i=0 transBatchB:i=0
FusedMatMulActivation	1|A:T B:T|Y:T|T=3|activation:s! activation_alpha:f activation_axis:i activation_beta:f activation_gamma:f alpha:f=1 transA:i=0 transB:i=0 transBatchA:i=0 transBatchB:i=0
GatedAdd	1|X:T Y:T gate:T|output:T|T=22|
GatedDeltaNet	1|query:T key:T value:T cu_seqlens:TI? decay:TS? beta:TS? initial_state:TS? a_log:TS? dt_bias:TS? capture_count:TI? state_update_active:TI?|output:T final_state:TS? state_update:TS?|T=22 TS=23 TI=38|beta_activation:s=none chunk_size:i=64 gate_activation:s=none qk_l2_norm:i=0 scale:f=0 state_update_capacity:i=0 update_rule:s=gated_delta
GatedRMSNorm	1|X:T scale:T gate:T|Y:T|T=22|epsilon:f=1e-05
GatedRelativePositionBias	1|query_layer:T query_bias:T rel_pos:T weight:T bias:T eco_a:T token_offset:M?|output:T|T=103 M=38|num_heads:i!
GatherBlockQuantized	1|data:T1 indices:Tind scales:T2 zero_points:T1?|output:T2|T1=108 T2=22 Tind=12|bits:i=4 block_size:i=128 gather_axis:i=0 quantize_axis:i=1
GatherND	1|data:T indices:Tind|output:T|T=25 Tind=12|
Gelu	1|X:T|Y:T|T=3|
GemmFastGelu	1|X:T W:T bias:T?|Y:T|T=22|
GemmFloat8	1|A:TA B:TB C:TC? scaleA:TS? scaleB:TS? scaleY:TS?|Y:TR|TA=109 TB=109 TC=22 TR=109 TS=23|activation:s alpha:f=1 beta:f=0 dtype:i=1 transA:i=0 transB:i=0
GemmaRotaryEmbedding	1|emb:U q:T q_rot:T k:T k_rot:T|output1:T output2:T|T=110 U=23|
GreedySearch	1|input_ids:I max_length:I min_length:I? repetition_penalty:T? vocab_mask:I? prefix_vocab_mask:I? attention_mask:I?|sequences:I|T=23 I=38|decoder:g! decoder_start_token_id:i=-1 encoder:g eos_token_id:i! init_decoder:g model_type:i=0 no_repeat_ngram_size:i=0 pad_token_id:i! vocab_size:i=-1
GridSample	1|X:T1 Grid:T1|Y:T2|T1=25 T2=0|align_corners:i=0 mode:s=bilinear padding_mode:s=zeros
GroupNorm	1|X:T gamma:M beta:M|Y:T|T=103 M=103|activation:i! channels_last:i=1 epsilon:f=1e-05 groups:i!
GroupQueryAttention	1|query:T key:T? value:T? past_key:T_CACHE? past_value:T_CACHE? seqlens_k:M total_sequence_length:M cos_cache:T? sin_cache:T? position_ids:int64? attention_bias:T? head_sink:T? k_scale:T_KV_SCALE? v_scale:T_KV_SCALE? q_norm_weight:T? k_norm_weight:T?|output:T present_key:T_CACHE? present_value:T_CACHE? output_qk:T?|T=22 T_CACHE=111 T_KV_SCALE=23 M=38|causal:i=1 do_rotary:i k_quant_type:s=NONE kv_cache_bit_width:i kv_num_heads:i! local_window_size:i=-1 num_heads:i! qk_norm_epsilon:f=1e-06 qk_output:i=0 rotary_interleaved:i scale:f sliding_window_cache:i=0 smooth_softmax:i=-1 softcap:f v_quant_type:s=NONE
Inverse	1|X:T|Y:T|T=0|
Irfft	1|X:T|Y:T|T=0|normalized:i=0 onesided:i=1 signal_ndim:i!
IsAllFinite	1|input:V*1|output:T|V=3 T=7|isinf_only:i=0 isnan_only:i=0
LinearAttention	1|query:T key:T value:T past_state:S? decay:T? beta:T?|output:T present_state:S|T=22 S=22|chunk_size:i=64 kv_num_heads:i! q_num_heads:i! scale:f=0 state_window:i=0 update_rule:s=gated_delta
LinearAttentionGate	1|a:T dt_bias:TF decay_scale:TF b:T?|decay:T beta:T?|T=22 TF=23|
LongformerAttention	1|input:T weight:T bias:T mask:T global_weight:T global_bias:T global:G|output:T|T=103 G=38|num_heads:i! window:i!
MRotaryEmbedding	1|input:T position_ids:M cos_cache:T sin_cache:T|output:T|T=22 M=6|interleaved:i is_packed_batching:i mrope_layout:i mrope_section:i*! num_heads:i rotary_embedding_dim:i scale:f
MatMulBlockQuantizedFp4Weight	1|A:T B:T1 weight_scale:T2 weight_scale_2:T3 input_scale:T3? bias:T?|Y:T|T=112 T1=48 T2=48 T3=23|block_size:i=16
MatMulBlockQuantizedFp8Weight	1|A:T B:T1 b_scale:T2 a_scale:T2? bias:T?|Y:T|T=112 T1=113 T2=23|block_size:i=128
MatMulBnb4	1|A:T1 B:T2 absmax:T1|Y:T1|T1=22 T2=48|K:i! N:i! block_size:i! quant_type:i! training_mode:i=0 transB:i=1
MatMulFpQ4	1|A:T1 B:T2 B_shape:T3|Y:T1|T1=23 T2=48 T3=6|blk_quant_type:i=1
MatMulInteger16	1|A:T1 B:T2|Y:T3|T1=114 T2=114 T3=115|
MatMulIntegerToFloat	1|A:T1 B:T2 a_scale:T3 b_scale:T3 a_zero_point:T1? b_zero_point:T2? bias:T3?|Y:T3|T1=37 T2=37 T3=103|
MatMulNBits	1|A:T1 B:T2 scales:T1 zero_points:T3? g_idx:T4? bias:T1?|Y:T1|T1=22 T2=48 T3=116 T4=38|K:i! N:i! accuracy_level:i=0 bits:i=4 block_size:i! weight_prepacked:i=0
MatMulNBitsMlp	1|A:T1 skip:T1? norm_scale:T1? gate_B:T2 gate_scales:T1 gate_bias:T1? up_B:T2 up_scales:T1 up_bias:T1?|Y:T1 input_skip_bias_sum:T1?|T1=22 T2=48|K:i! N:i! accuracy_level:i=0 activation:s! bits:i=4 block_size:i! epsilon:f=1e-05
MatMulNBitsQkv	1|A:T1 skip:T1? norm_scale:T1 q_B:T2 q_scales:T1 q_bias:T1? k_B:T2 k_scales:T1 k_bias:T1? v_B:T2 v_scales:T1 v_bias:T1?|Q:T1 K:T1 V:T1 input_skip_bias_sum:T1?|T1=22 T2=48|K:i! Nkv:i! Nq:i! accuracy_level:i=0 bits:i=4 block_size:i! epsilon:f=1e-06
MaxpoolWithMask	1|X:T M:int32|Y:T|T=23|auto_pad:s=NOTSET kernel_shape:i* pads:i* storage_order:i=0 strides:i*
MoE	1|input:T router_probs:T fc1_experts_weights:T fc1_experts_bias:T? fc2_experts_weights:T fc2_experts_bias:T? fc3_experts_weights:T? fc3_experts_bias:T?|output:T|T=22|activation_alpha:f=1 activation_beta:f=0 activation_type:s=relu k:i=1 normalize_routing_weights:i=0 swiglu_fusion:i=0 swiglu_limit:f use_sparse_mixer:i=0
MulInteger	1|A:T A_zero_point:T? B:T B_zero_point:T?|C:T1|T=37 T1=38|
MultiHeadAttention	1|query:T key:T? value:T? bias:T? key_padding_mask:M? attention_bias:T? past_key:T? past_value:T? past_sequence_length:M? cache_indirection:M?|output:T present_key:T? present_value:T? qk:QK?|T=22 QK=22 M=38|mask_filter_value:f num_heads:i! scale:f unidirectional:i=0
MurmurHash3	1|X:T1|Y:T2|T1=117 T2=115|positive:i=1 seed:i=0
NGramHashMapping	1|input_ids:M multipliers:M vocab_sizes:M past_ids:M?|hash_ids:M present_ids:M?|M=12|max_ngram_size:i! n_head_per_ngram:i! pad_id:i!
NGramRepeatBlock	1|input_ids:Tid scores:T|scores_out:T|Tid=6 T=23|ngram_size:i!
NhwcConv	1|X:T W:T B:T?|Y:T|T=0|auto_pad:s=NOTSET dilations:i* group:i=1 kernel_shape:i* pads:i* strides:i*
NhwcFusedConv	1|X:T W:T B:T? Z:T?|Y:T|T=103|activation:s activation_params:f* auto_pad:s=NOTSET dilations:i* group:i=1 kernel_shape:i* pads:i* strides:i*
NhwcMaxPool	1|x:T|y:T|T=37|auto_pad:s=NOTSET ceil_mode:i=0 dilations:i* kernel_shape:i*! pads:i* strides:i*
PackedAttention	1|input:T weights:T bias:T token_offset:M cumulative_sequence_length:M attention_bias:T?|output:T|T=103 M=38|num_heads:i! qkv_hidden_sizes:i* scale:f
PackedMultiHeadAttention	1|query:T key:T? value:T? bias:T? token_offset:M cumulative_sequence_length:M attention_bias:T?|output:T|T=103 M=38|mask_filter_value:f num_heads:i! scale:f
Pad	1|data:T pads:int64 value:T?|output:T|T=0|mode:s=constant
PagedAttention	1|query:T key:T? value:T? key_cache:T_CACHE value_cache:T_CACHE? cumulative_sequence_length:S past_seqlens:S block_table:S cos_cache:T? sin_cache:T? slot_mapping:S? head_sink:T? q_norm_weight:T? k_norm_weight:T? k_scale:T_KV_SCALE? v_scale:T_KV_SCALE? attention_metadata:S?|output:T key_cache_out:T_CACHE? value_cache_out:T_CACHE?|T=112 T_CACHE=118 T_KV_SCALE=23 S=38|do_rotary:i is_causal:i=1 k_cache_dtype:s= k_quant_type:s=NONE kv_cache_layout:s=SEPARATE kv_num_heads:i! local_window_size:i=-1 num_heads:i! qk_norm_epsilon:f rotary_interleaved:i rotary_offset:i scale:f softcap:f v_cache_dtype:s= v_head_size:i v_quant_type:s=NONE
QAttention	1|input:T1 weight:T2 bias:T3 input_scale:T3 weight_scale:T3 mask_index:T4? input_zero_point:T1? weight_zero_point:T2? past:T3?|output:T3 present:T3?|T1=37 T2=37 T3=103 T4=38|do_rotary:i mask_filter_value:f num_heads:i! past_present_share_buffer:i scale:f unidirectional:i=0
QEmbedLayerNormalization	1|input_ids:T1 segment_ids:T1? word_embedding_quant:T2 position_embedding_quant:T2 segment_embedding:T2? gamma_quant:T2 beta_quant:T2 mask:T1? word_embedding_scale:T position_embedding_scale:T segment_embedding_scale:T? gamma_scale:T beta_scale:T word_embedding_zero_point:T2 position_embedding_zero_point:T2 segment_embedding_zero_point:T2? gamma_zero_point:T2 beta_zero_point:T2|layernorm_out:T mask_index_out:T1|T1=38 T2=37 T=23|epsilon:f=1e-12
QGemm	1|A:TA a_scale:T a_zero_point:TA B:TB b_scale:T b_zero_point:TB C:TC? y_scale:T? y_zero_point:TYZ?|Y:TY|T=23 TA=37 TB=37 TC=38 TYZ=37 TY=119|alpha:f=1 transA:i=0 transB:i=0
QLinearAdd	1|A:T A_scale:float32 A_zero_point:T? B:T B_scale:float32 B_zero_point:T? C_scale:float32 C_zero_point:T?|C:T|T=37|
QLinearAveragePool	1|X:T x_scale:float32 x_zero_point:T? y_scale:float32 y_zero_point:T?|Y:T|T=37|auto_pad:s=NOTSET ceil_mode:i=0 channels_last:i=0 count_include_pad:i=0 kernel_shape:i*! pads:i* strides:i*
QLinearConcat	1|Y_scale:TF Y_zero_point:T8 inputs:TV*1~|Y:T8|T8=37 TF=23 TV=119|axis:i!
QLinearConv	1|x:T1 x_scale:float32 x_zero_point:T1 w:T2 w_scale:float32 w_zero_point:T2 y_scale:float32 y_zero_point:T3 B:T4?|y:T3|T1=37 T2=37 T3=37 T4=38|auto_pad:s=NOTSET channels_last:i=0 dilations:i* group:i=1 kernel_shape:i* pads:i* strides:i*
QLinearGlobalAveragePool	1|X:T x_scale:float32 x_zero_point:T y_scale:float32 y_zero_point:T|Y:T|T=37|channels_last:i=0
QLinearLeakyRelu	1|X:T X_scale:float32 X_zero_point:T? Y_scale:float32 Y_zero_point:T?|Y:T|T=37|alpha:f=0.01
QLinearMul	1|A:T A_scale:float32 A_zero_point:T? B:T B_scale:float32 B_zero_point:T? C_scale:float32 C_zero_point:T?|C:T|T=37|
QLinearReduceMean	1|data:T data_scale:float32 data_zero_point:T? reduced_scale:float32 reduced_zero_point:T?|reduced:T|T=37|axes:i*! keepdims:i!
QLinearSigmoid	1|X:T X_scale:float32 X_zero_point:T? Y_scale:float32 Y_zero_point:T?|Y:T|T=37|
QLinearSoftmax	1|X:T X_scale:float32 x_zero_point:T? y_scale:float32 y_zero_point:T|Y:T|T=37|axis:i=-1 opset:i!
QLinearWhere	1|condition:B X:T x_scale:TF x_zero_point:T Y:T y_scale:TF y_zero_point:T z_scale:TF z_zero_point:T|Z:T|B=7 TF=23 T=37|
QMoE	1|input:T router_probs:T fc1_experts_weights:T1 fc1_scales:T2? fc1_experts_bias:T? fc2_experts_weights:T1 fc2_scales:T2? fc2_experts_bias:T? fc3_experts_weights:T1? fc3_scales:T2? fc3_experts_bias:T? fc1_zero_points:T1? fc2_zero_points:T1? fc3_zero_points:T1? router_weights:T? fc1_global_scale:T4? fc2_global_scale:T4? fc1_act_scale:T4? fc2_act_scale:T4? fc1_act_block_scale:T2? fc2_act_block_scale:T2?|output:T|T=22 T1=120 T2=121 T4=23|activation_alpha:f=1 activation_beta:f=0 activation_type:s=relu block_size:i expert_weight_bits:i=4 k:i=1 normalize_routing_weights:i=0 quant_type:s=int swiglu_fusion:i=0 swiglu_limit:f use_sparse_mixer:i=0 weights_prepacked:i=-1
QOrderedAttention	1|input:Q scale_input:S scale_Q_gemm:S scale_K_gemm:S scale_V_gemm:S Q_weight:Q K_weight:Q V_weight:Q scale_Q_weight:S scale_K_weight:S scale_V_weight:S Q_bias:S K_bias:S V_bias:S scale_QKT_gemm:S? scale_QKT_softmax:S? scale_values_gemm:S mask_index:G? past:Q? attention_bias:S?|output:Q|Q=107 S=23 G=38|num_heads:i! order_input:i! order_output:i! order_weight:i! qkv_hidden_sizes:i* unidirectional:i=0
QOrderedGelu	1|X:Q scale_X:S scale_Y:S|Y:Q|Q=107 S=23|order_X:i order_Y:i
QOrderedLayerNormalization	1|X:Q scale_X:S scale:F B:F? scale_Y:S|Y:Q|F=103 S=23 Q=107|axis:i=-1 epsilon:f=1e-05 order_X:i=1 order_Y:i=1
QOrderedLongformerAttention	1|input:Q scale_input:S weight:Q scale_weight:S bias:S scale_bias:S scale_qkv_gemm:S mask:F global_weight:Q scale_global_weight:S global_bias:S scale_global_gemm:S global:G scale_output:S|output:Q|Q=107 S=23 G=38 F=110|num_heads:i! order_global_weight:i! order_input:i! order_output:i! order_weight:i! window:i!
QOrderedMatMul	1|A:Q scale_A:S B:Q scale_B:S scale_Y:S bias:S? C:Q? scale_C:S?|Y:Q|Q=107 S=23|order_A:i! order_B:i! order_Y:i!
QuantizeBFP	1|x:T1|y:T2 shape:T3 strides:T3|T1=22 T2=48 T3=6|bfp_type:i! block_dim:i=-1
QuantizeLinear	1|x:T1 y_scale:T1 y_zero_point:T2?|y:T2|T1=103 T2=122|axis:i
QuantizeWithOrder	1|input:F scale_input:S|output:Q|Q=107 F=103 S=23|order_input:i! order_output:i!
QuickGelu	1f|X:T|Y:T|T=3|alpha:f=1.702
Range	1|start:T limit:T delta:T?|Y:T|T=85|
ReduceSumInteger	1|data:T1|reduced:T2|T1=37 T2=115|axes:i*! keepdims:i!
RelativePositionBias	1|bias_table:T query_length:U key_length:U|output:T|T=103 U=6|is_bidirectional:i=0 max_distance:i!
RemovePadding	1|input:T sequence_token_count:M|output:T token_offset:M cumulated_seq_len:M max_seq_len:M|T=103 M=38|
RestorePadding	1|input:T token_offset:M|output:T|T=103 M=38|
Rfft	1|X:T|Y:T|T=0|normalized:i=0 onesided:i=1 signal_ndim:i=1
RotaryEmbedding	1|input:T position_ids:M cos_cache:T sin_cache:T|output:T|T=22 M=6|interleaved:i is_packed_batching:i num_heads:i rotary_embedding_dim:i scale:f
SampleOp	1|X:T|Y:T|T=4|
Sampling	1|input_ids:I max_length:I min_length:I? repetition_penalty:T? vocab_mask:I? prefix_vocab_mask:I? attention_mask:I? presence_mask:I? seed:I?|sequences:I filtered_logits:T?|T=23 I=38|custom:i=0 decoder:g! decoder_start_token_id:i=-1 encoder:g eos_token_id:i! filter_value:f=-1e+20 init_decoder:g min_tokens_to_keep:i=0 model_type:i=0 no_repeat_ngram_size:i=0 pad_token_id:i! presence_penalty:f=0 temperature:f=1 top_p:f=0 vocab_size:i=-1
SkipGroupNorm	1|X:T gamma:M beta:M skip:T bias:T?|Y:T S:T?|T=103 M=103|activation:i! channels_last:i=1 epsilon:f=1e-05 groups:i!
SkipLayerNormalization	1|input:T skip:T gamma:T beta:T? bias:T?|output:T mean:U? inv_std_var:U? input_skip_bias_sum:T?|T=22 U=23|epsilon:f=1e-12
SkipSimplifiedLayerNormalization	1|input:T skip:T gamma:T bias:T?|output:T mean:U? inv_std_var:U? input_skip_bias_sum:T?|T=22 U=23|epsilon:f=1e-12
Snpe	1|inputs:T*1|outputs:T*1|T=123|DLC:s! notes:s snpe_version:s target_device:s
SparseAttention	1|query:T key:T? value:T? past_key:T past_value:T block_row_indices:M block_col_indices:M total_sequence_length:M key_total_sequence_lengths:M cos_cache:T? sin_cache:T?|output:T present_key:T present_value:T|T=22 M=38|do_rotary:i kv_num_heads:i! num_heads:i! rotary_interleaved:i scale:f sparse_block_size:i!
SparseToDenseMatMul	1|A:T B:T1|Y:T1|T=124 T1=39|alpha:f=1 transA:i=0 transB:i=0
Tokenizer	1|X:T|Y:T|T=90|mark:i! mincharnum:i! pad_value:s! separators:s* tokenexp:s
TorchEmbedding	1|weight:T indices:int64 padding_idx:int64? scale_grad_by_freq:bool?|Y:T|T=2|
TransposeMatMul	1|A:T B:T|Y:T|T=3|alpha:f=1 transA:i=0 transB:i=0
Trilu	1|X:T k:int64?|Y:T|T=8|upper:i=1
UnfoldTensor	1|input:T|output:T|T=24|dim:i=-1 size:i! step:i=1
Unique	1|x:T|y:T idx:int64 counts:int64|T=25|
VarlenCausalConvWithState	1|input:T weight:T cumulative_sequence_length:M bias:T? initial_state:T capture_count:M?|output:T final_state:T state_update:T?|T=22 M=38|activation:s=none dilation:i=1 state_update_capacity:i=0
WhisperBeamSearch	1|input_ids:F max_length:I min_length:I? num_beams:I num_return_sequences:I length_penalty:T? repetition_penalty:T? vocab_mask:M? prefix_vocab_mask:M? attention_mask:I? decoder_input_ids:I? logits_processor:I? cross_qk_layer_head:I? extra_decoding_ids:I? temperature:T?|sequences:I sequences_scores:T? scores:T? cross_qk:V? non_speech_probs:T?|T=103 F=104 I=38 M=38 V=23|beginning_timestamp_token_id:i decoder:g! decoder_output_cross_qk:i decoder_start_token_id:i=-1 early_stopping:i=0 encoder:g eos_token_id:i! init_decoder:g model_type:i=2 no_repeat_ngram_size:i=0 no_speech_token_id:i no_timestamps_token_id:i pad_token_id:i! start_of_lm_token_id:i transcribe_token_id:i translate_token_id:i vocab_size:i=-1
WordConvEmbedding	1|Sequence:T W:T1 B:T1 C:T1|Y:T1|T=38 T1=23|char_embedding_size:i conv_window_size:i embedding_size:i`;

/** Sets of types, known by number; the format is in type-set.ts. */
export const typeSets: string = `float16 float32 float64;@0 int16 int32 int64 int8 uint16 uint32 uint64 uint8;@1 bfloat16;@0 bfloat16
@0 int32 int64 uint32 uint64;@4 bfloat16;int64;bool;@2 bool
@8 complex128 complex64 float4e2m1 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz float8e8m0 int2 int4 uint2 uint4
uint16 uint32 uint64 uint8;@10 int16 int32 int64 int8;@6 int32;@1 bool;@13 string;@8 string
@15 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz;@16 int4 uint4;@17 float4e2m1;@18 float8e8m0
@19 int2 uint2;@20 float6e2m3 float6e3m2;@3 -float64;float32;@15 complex128 complex64;@24 -bfloat16
seq(bool) seq(complex128) seq(complex64) seq(float16) seq(float32) seq(float64) seq(int16) seq(int32) seq(int64) seq(int8) seq(string) seq(uint16) seq(uint32) seq(uint64) seq(uint8)
@16 complex128 complex64;@27 int4 uint4;@28 float4e2m1;@29 float8e8m0;@9 string;@16 -string;@17 -string
@18 -string;@19 -string;@20 -string;int8 uint8;int32;@4 -float16;@37 int32
@40 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz;@41 int16 int4 uint16 uint4;@42 float4e2m1
@22 float8e8m0;@43 int2 uint2;@45 float6e2m3 float6e3m2
@3 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz;uint8;@12 bool
@26 bfloat16 bool complex128 complex64 float16 float32 float64 int16 int32 int64 int8 string uint16 uint32 uint64 uint8
@50 optional(bool) optional(complex128) optional(complex64) optional(float16) optional(float32) optional(float64) optional(int16) optional(int32) optional(int64) optional(int8) optional(seq(bool)) optional(seq(complex128)) optional(seq(complex64)) optional(seq(float16)) optional(seq(float32)) optional(seq(float64)) optional(seq(int16)) optional(seq(int32)) optional(seq(int64)) optional(seq(int8)) optional(seq(string)) optional(seq(uint16)) optional(seq(uint32)) optional(seq(uint64)) optional(seq(uint8)) optional(string) optional(uint16) optional(uint32) optional(uint64) optional(uint8)
@51 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz;@52 int4 uint4;@53 float4e2m1;@54 float8e8m0
@55 int2 uint2;@50 -bfloat16;@51 optional(bfloat16) optional(seq(bfloat16)) seq(bfloat16)
@58 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz optional(float8e4m3fn) optional(float8e4m3fnuz) optional(float8e5m2) optional(float8e5m2fnuz) seq(float8e4m3fn) seq(float8e4m3fnuz) seq(float8e5m2) seq(float8e5m2fnuz)
@59 int4 optional(int4) optional(uint4) seq(int4) seq(uint4) uint4
@60 float4e2m1 optional(float4e2m1) seq(float4e2m1);@61 float8e8m0 optional(float8e8m0) seq(float8e8m0)
@62 int2 optional(int2) optional(uint2) seq(int2) seq(uint2) uint2;@0 -float16;@22 -float16;@0 int8 uint8
@66 bfloat16;@0 int16 int32 int64 int8;@68 bfloat16
@51 -bfloat16 -bool -complex128 -complex64 -float16 -float32 -float64 -int16 -int32 -int64 -int8 -seq(bool) -seq(complex128) -seq(complex64) -seq(float16) -seq(float32) -seq(float64) -seq(int16) -seq(int32) -seq(int64) -seq(int8) -seq(string) -seq(uint16) -seq(uint32) -seq(uint64) -seq(uint8) -string -uint16 -uint32 -uint64 -uint8
@50 float4e2m1 float6e2m3 float6e3m2 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz float8e8m0 int2 int4 seq(bfloat16) seq(float4e2m1) seq(float6e2m3) seq(float6e3m2) seq(float8e4m3fn) seq(float8e4m3fnuz) seq(float8e5m2) seq(float8e5m2fnuz) seq(float8e8m0) seq(int2) seq(int4) seq(uint2) seq(uint4) uint2 uint4
@70 optional(bfloat16) optional(float4e2m1) optional(float6e2m3) optional(float6e3m2) optional(float8e4m3fn) optional(float8e4m3fnuz) optional(float8e5m2) optional(float8e5m2fnuz) optional(float8e8m0) optional(int2) optional(int4) optional(seq(bfloat16)) optional(seq(float4e2m1)) optional(seq(float6e2m3)) optional(seq(float6e3m2)) optional(seq(float8e4m3fn)) optional(seq(float8e4m3fnuz)) optional(seq(float8e5m2)) optional(seq(float8e5m2fnuz)) optional(seq(float8e8m0)) optional(seq(int2)) optional(seq(int4)) optional(seq(uint2)) optional(seq(uint4)) optional(uint2) optional(uint4)
@51 -bfloat16
@63 float6e2m3 float6e3m2 optional(float6e2m3) optional(float6e3m2) optional(seq(float4e2m1)) optional(seq(float6e2m3)) optional(seq(float6e3m2)) optional(seq(float8e4m3fn)) optional(seq(float8e4m3fnuz)) optional(seq(float8e5m2)) optional(seq(float8e5m2fnuz)) optional(seq(float8e8m0)) optional(seq(int2)) optional(seq(int4)) optional(seq(uint2)) optional(seq(uint4)) seq(float6e2m3) seq(float6e3m2)
@0 int32 int64;@75 bfloat16;@41 -int32;@23 int32;@22 int32;@42 -int32;@43 -int32;@44 int32;@45 -int32
@46 -int32;@68 -float16 -int8;@69 -int8;@4 int8 uint8;@87 bfloat16;@88 bool;string;@26 seq(bfloat16);@12 string
@75 bool;@85 string -int16;@85 -int16;map(int64,float32) map(int64,string);@23 int64 string;@6 string
@96 map(int64,float64) map(string,float32) map(string,float64) map(string,int64);@94 -int32;@94 int16
seq(map(int64,float32)) seq(map(string,float32));@0 -float64;@103 int32;uint32;@40 int16 int4 uint16 uint4;int8
@48 int4 uint4;@22 float8e4m3fn float8e5m2;float16;@67 float8e4m3fn -float64;@22 -float32;float8e4m3fn
int16 uint16;@38 uint32;@22 uint8;@39 string;@111 -float32;@37 float32;@113 uint8;@44 float8e4m3fn;@106 -int32
@23 uint16 uint8;sparse(float32) sparse(float64) sparse(int32) sparse(int64) sparse(uint32) sparse(uint64)
@1 -float16;@95 int8 uint8;@110 bool;@23 bool;float64;@10 -uint16;@17 int2 uint2;@20 -float4e2m1
@91 -seq(complex128) -seq(complex64);@66 -float16;@42 int2 uint2;@95 bool;@125 bool;@137 string;@95 uint64
@50 seq(bfloat16) -complex128 -complex64 -seq(complex128) -seq(complex64)
@58 -complex128 -complex64 -optional(complex128) -optional(complex64) -optional(seq(complex128)) -optional(seq(complex64)) -seq(complex128) -seq(complex64)
@141 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz seq(float8e4m3fn) seq(float8e4m3fnuz) seq(float8e5m2) seq(float8e5m2fnuz)
bfloat16
@140 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz seq(float8e4m3fn) seq(float8e4m3fnuz) seq(float8e5m2) seq(float8e5m2fnuz) -seq(string) -string
@85 int8;@49 float32 uint8;@78 int64
@70 optional(bfloat16) optional(seq(bfloat16)) -optional(complex128) -optional(complex64) -optional(seq(complex128)) -optional(seq(complex64))
@87 -float16;@149 bool;@135 -int32;@126 bool;@64 int32 int8;@119 int32;@93 string;@126 int16;@100 int8
@94 uint8;map(int64,float32) map(string,float32);map(int64,float64) map(string,float64);map(string,int64)
map(int64,string);@23 int64;@64 int64;@98 float64;@98 int16;@37 float16;int16;@110 uint8;@23 uint8;@23 int8`;

/** Releases: name, IR version, versions of ai.onnx and ai.onnx.ml. */
export const releases: string = `1.0 3 1 1;1.1 3 5 1;1.1.2 3 6 1;1.2 3 7 1;1.3 3 8 1;1.4.1 4 9 1;1.5.0 5 10 1;1.6.0 6 11 2;1.7.0 7 12 2
1.8.0 7 13 2;1.8.1 7 13 2;1.9.0 7 14 2;1.10.0 8 15 2;1.10.1 8 15 2;1.10.2 8 15 2;1.11.0 8 16 3;1.12.0 8 17 3
1.13.0 8 18 3;1.13.1 8 18 3;1.14.0 9 19 3;1.14.1 9 19 3;1.15.0 9 20 4;1.16.0 10 21 5;1.16.1 10 21 5
1.16.2 10 21 5;1.17.0 10 22 5;1.18.0 11 23 5;1.19.0 12 24 5;1.19.1 12 24 5;1.20.0 13 25 5;1.20.1 13 25 5
1.21.0 13 26 5;1.22.0 13 27 5;1.23.0 14 28 5`;

/** Operators of ai.onnx that onnxruntime knows and ONNX does not. */
export const runtimeOnly: string =
  'Affine Crop DisentangledAttention_TRT DynamicSlice EfficientNMS_TRT GRUUnit GivenTensorFill ImageScaler MemcpyFromHost MemcpyToHost MultilevelCropAndResize_TRT ParametricSoftplus PyramidROIAlign_TRT Scale ScaledTanh SimplifiedLayerNormalization';
