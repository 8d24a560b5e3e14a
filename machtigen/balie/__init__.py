"""The desk: clerks record what people without digital means signed on paper; two clerks, never one."""
