package document

import (
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
)

// newPDF gives an empty file in which nothing depends on when and where it is made.
func newPDF(w, h float64, title string, now time.Time, faces []*face) (*fpdf.Fpdf, error) {
	pdf := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: fpdf.SizeType{Wd: w, Ht: h}})
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(now)
	pdf.SetModificationDate(now)
	pdf.SetLang("vi-VN")
	pdf.SetTitle(title, true)
	for _, f := range faces {
		pdf.AddUTF8FontFromBytes(f.family, "", f.data)
	}
	if err := pdf.Error(); err != nil {
		return nil, fmt.Errorf("add fonts: %w", err)
	}
	return pdf, nil
}

// loadFace reads one of the fonts of the house.
func loadFace(family, file string) (*face, error) {
	data, err := fontFiles.ReadFile("font/" + file + ".ttf")
	if err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	f, err := sfnt.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("parse font %s: %w", file, err)
	}
	return &face{family: family, data: data, font: f, known: map[rune]letter{}, pairs: map[[2]rune]float64{}}, nil
}
