package vietnamese

// FoldUnicode shows the slow path of Fold to the tests.
func FoldUnicode(s string) string { return foldUnicode(s) }
