package document_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The PDF and the DOCX as LibreOffice sets it say the same with the same line
// breaks on the same pages, appendices included.
func TestLetterIsTheSameInBothFormats(t *testing.T) {
	one := sampleLetter(t)
	whole := sampleLetter(t)
	whole.Appendices = sampleAppendices()
	made := opened(t, map[string][]byte{"one": letterDOCX(t, one), "whole": letterDOCX(t, whole)})
	for name, own := range map[string][]byte{"one": letterPDF(t, one), "whole": letterPDF(t, whole)} {
		if dir := os.Getenv("LETTERS_OUT"); dir != "" {
			os.WriteFile(dir+"/"+name+".own.pdf", own, 0o644)
			os.WriteFile(dir+"/"+name+".office.pdf", made[name], 0o644)
		}
		if diff := cmp.Diff(textLines(t, own), textLines(t, made[name])); diff != "" {
			t.Errorf("%s: PDF and DOCX differ (-pdf +docx):\n%s", name, diff)
		}
	}
}
