package door

import (
	"hoinghi/conference/badge"
	"hoinghi/conference/web/ui"
)

type scannerData struct {
	ui.Frame
	Words, Test string
	QR          ui.QR
}

// scannerPage is where a handheld scanner is tried out and set up (scanner.md 6).
func scannerPage(r *ui.Request) error {
	words, err := jsWords(r)
	if err != nil {
		return err
	}
	data := scannerData{Frame: r.Frame("scanner"), Words: words, Test: badge.Text(r.Site().Host(), badge.TestToken())}
	if data.QR, err = ui.NewQR(data.Test); err != nil {
		return err
	}
	return r.Page("door/scanner", data)
}
