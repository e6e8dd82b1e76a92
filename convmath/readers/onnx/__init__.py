"""ONNX models: the graph, the sizes that it calculates, and the layers that it means."""
