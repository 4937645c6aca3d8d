package door

import (
	"hoinghi/conference/badge"
	"hoinghi/conference/web/ui"
)

type setupData struct {
	ui.Frame
	Words    string // JSON: the texts of static/door
	Code     string // what the test code says
	QR       ui.QR
	Facts    []ui.Option // what the page tells of a reading; Value is where setup.js puts it
	Settings []string    // how the scanner should be set
}

// setupPage tries a handheld scanner out. It needs no pairing and shows nothing of any
// edition: whoever buys the scanner may try it long before the conference.
func setupPage(r *ui.Request) error {
	words, err := jsWords(r)
	if err != nil {
		return err
	}
	page := setupData{Frame: r.Frame("scanner-test"), Words: words, Code: badge.TestCode()}
	if page.QR, err = ui.NewQR(page.Code); err != nil {
		return err
	}
	for _, name := range []string{"layout", "method", "caps", "speed", "suffix", "prefix"} {
		page.Facts = append(page.Facts, ui.Option{Value: name, Label: r.T("door.setup.fact_" + name)})
	}
	for _, name := range []string{"keyboard", "layout", "suffix", "delay", "qr", "prefix", "case"} {
		page.Settings = append(page.Settings, r.T("door.setup.set_"+name))
	}
	return r.Page("door/setup", page)
}
