"""The circuits of `tui-nn circuit` and of the key G: a state, its keys, its texts, its picture and the screen."""
