package desk

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/delegation"
	"hoinghi/conference/document"
	"hoinghi/conference/edition"
	"hoinghi/conference/web/ui"
	"hoinghi/templates"
)

const (
	mostBadges  = 5000 // in one file: some 200 MB while it is made
	troubleRows = 100
)

func (d *Desk) badgeRoutes() []ui.Route {
	return []ui.Route{
		ui.GET("/desk/e/:edition/badges", ui.Organisers, d.badges),
		ui.POST("/desk/e/:edition/badges", ui.Organisers, d.printBadges),
	}
}

type badgesPage struct {
	ui.Frame
	Form      *ui.Form
	Base      string
	Query     string
	Provinces []ui.Option
	Groups    []ui.Option
	Person    string // name of the one person whose badge is asked for
	PersonID  int64
	Province  int64
	Group     int64
	Total     int
	Layouts   []layoutChoice
	Orders    []ui.Option
	Trouble   []troubleRow
	More      int // further rows of trouble
}

type layoutChoice struct {
	ui.Option
	Size, Sheets string
}

// troubleRow is a badge that would be printed with something left out.
type troubleRow struct {
	ID           int64
	Number, Name string
	Letters      []string
}

// badges lets the organiser choose whose badges are printed on what paper, and
// says before anything is printed what cannot be.
func (d *Desk) badges(r *ui.Request) error {
	chosen := delegation.Printable{Query: r.Query("q"), ProvinceVersionID: r.QueryID("province"), GroupID: r.QueryID("group"), DelegateID: r.QueryID("person")}
	form := r.NewForm(map[string]string{"layout": string(document.EightPerA4), "order": "province", "x": "0", "y": "0"})
	return d.showBadges(r, http.StatusOK, form, chosen)
}

func (d *Desk) showBadges(r *ui.Request, status int, form *ui.Form, chosen delegation.Printable) error {
	e := r.Edition()
	holders, err := delegation.BadgeHolders(r.Context(), d.DB, e.ID, chosen)
	if err != nil {
		return err
	}
	page := badgesPage{Frame: r.Frame("badges"), Form: form, Base: "/desk/e/" + e.Slug, Query: chosen.Query, PersonID: chosen.DelegateID,
		Province: chosen.ProvinceVersionID, Group: chosen.GroupID, Total: len(holders)}
	if chosen.DelegateID != 0 && len(holders) == 1 {
		page.Person = holders[0].FullName
	}
	filters := delegatesPage{Frame: page.Frame}
	if err := d.delegateFilters(r, &filters, delegation.Filter{ProvinceVersionID: chosen.ProvinceVersionID, GroupID: chosen.GroupID}); err != nil {
		return err
	}
	page.Provinces, page.Groups = filters.Provinces, filters.Groups
	for _, l := range document.Layouts() {
		page.Layouts = append(page.Layouts, choiceOf(r, l, len(holders), form.Get("layout")))
	}
	for _, o := range badgeOrders() {
		page.Orders = append(page.Orders, ui.Option{Value: o, Label: r.T("print.order." + o)})
	}
	if page.Trouble, err = unprintable(holders); err != nil {
		return err
	}
	if page.More = len(page.Trouble) - troubleRows; page.More > 0 {
		page.Trouble = page.Trouble[:troubleRows]
	}
	return r.PageStatus(status, "desk/badges/index", page)
}

func badgeOrders() []string { return []string{"province", "name"} }

func choiceOf(r *ui.Request, l document.Layout, badges int, chosen string) layoutChoice {
	w, h := l.Size()
	c := layoutChoice{Option: ui.Option{Value: string(l), Label: r.T("print.layout." + string(l)), Selected: chosen == string(l)},
		Size: r.T("print.size", "w", w, "h", h), Sheets: r.T("print.sheets", "n", l.Pages(badges))}
	if l == document.Label {
		c.Sheets = r.T("print.labels", "n", badges)
	}
	return c
}

// unprintable finds the texts with characters that the fonts of the badges lack.
func unprintable(holders []delegation.Delegate) ([]troubleRow, error) {
	letters, err := document.NewLetters()
	if err != nil {
		return nil, err
	}
	var out []troubleRow
	for _, p := range holders {
		missing := letters.Missing(p.FullName + p.JobTitle + p.Organisation)
		if len(missing) == 0 {
			continue
		}
		row := troubleRow{ID: p.ID, Number: p.Number, Name: p.FullName}
		for _, c := range missing {
			row.Letters = append(row.Letters, fmt.Sprintf("%c (U+%04X)", c, c))
		}
		out = append(out, row)
	}
	return out, nil
}

// printBadges answers with the file.
func (d *Desk) printBadges(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	chosen := delegation.Printable{Query: form.Get("q"), ProvinceVersionID: form.ID("province"), GroupID: form.ID("group"), DelegateID: form.ID("person")}
	layout := document.Layout(form.Get("layout"))
	x, y := offset(form, "x"), offset(form, "y")
	if !layout.Known() {
		form.Note("layout", conference.Say("print.error.layout"))
	}
	if order := form.Get("order"); order != "" && !slices.Contains(badgeOrders(), order) {
		form.Note("order", conference.Say("print.error.order"))
	}
	holders, err := delegation.BadgeHolders(r.Context(), d.DB, r.Edition().ID, chosen)
	if err != nil {
		return err
	}
	switch {
	case len(holders) == 0:
		form.Message = r.T("print.error.nobody")
	case len(holders) > mostBadges:
		form.Message = r.T("print.error.too_many", "n", len(holders), "most", mostBadges)
	}
	if form.Wrong() {
		return d.showBadges(r, http.StatusUnprocessableEntity, form, chosen)
	}
	if form.Get("order") != "name" {
		if err := d.byProvince(r, holders); err != nil {
			return err
		}
	}
	codes, err := d.Delegations.CodesOf(r.Context(), d.DB, r.Edition().ID, holders)
	if err != nil {
		return err
	}
	file, err := d.badgeFile(r, layout, codes, x, y)
	if err != nil {
		return err
	}
	if err := d.Delegations.NotePrint(r.Context(), r.Edition().ID, string(layout), codes); err != nil {
		return err
	}
	return r.File("application/pdf", badgeFileName(r.Edition(), layout, codes), file)
}

// offset reads millimetres as people write them, with a comma too.
func offset(form *ui.Form, name string) float64 {
	v := strings.ReplaceAll(form.Get(name), ",", ".")
	if v == "" {
		return 0
	}
	mm, err := strconv.ParseFloat(v, 64)
	if err != nil || !(mm >= -document.MaxOffset && mm <= document.MaxOffset) {
		form.Note(name, conference.Say("print.error.offset", "most", document.MaxOffset))
		return 0
	}
	return mm
}

// byProvince puts delegates, who come in the order of their names, into the order of
// the edition's provinces, guests without a province last.
func (d *Desk) byProvince(r *ui.Request, holders []delegation.Delegate) error {
	members, err := edition.Members(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	rank := map[int64]int{}
	for i, m := range members {
		rank[m.VersionID] = i - len(members)
	}
	slices.SortStableFunc(holders, func(a, b delegation.Delegate) int {
		return rank[a.Province.VersionID] - rank[b.Province.VersionID]
	})
	return nil
}

// badgeFile draws the badges. They are printed in Vietnamese whatever language the
// desk is read in. One file is made at a time: each takes a processor and much memory.
func (d *Desk) badgeFile(r *ui.Request, layout document.Layout, codes []delegation.Code, x, y float64) ([]byte, error) {
	select {
	case d.printing <- struct{}{}:
		defer func() { <-d.printing }()
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	const lang = templates.Vietnamese
	e, words := r.Edition(), d.Locales.In(lang)
	cards := make([]document.Card, 0, len(codes))
	for _, c := range codes {
		bitmap, err := badge.Bitmap(c.Text)
		if err != nil {
			return nil, err
		}
		p := c.Delegate
		cards = append(cards, document.Card{Event: e.Short(lang), Category: p.Group.In(lang), Colour: p.GroupColour, Name: p.FullName, Title: p.JobTitle,
			Organisation: p.Organisation, Province: p.Province.Short(lang), Number: p.Number, Code: bitmap})
	}
	o := document.Options{Title: words.T("print.file_title", "conference", e.Short(lang)), Now: r.Now(), Refused: words.T("print.refused"), OffsetX: x, OffsetY: y}
	if e.IsSample {
		o.Sample = words.T("print.sample")
	}
	var file bytes.Buffer
	err := document.Badges(&file, layout, cards, o)
	var refused *document.RefusedError
	if errors.As(err, &refused) {
		d.Log.Error("badges that could not be drawn", "numbers", refused.Numbers)
		return file.Bytes(), nil // their places on the sheet say so
	}
	if err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

// badgeFileName gives "the-dai-bieu-xii-2022-a4-8.pdf", or with the number when it is one badge.
func badgeFileName(e edition.Edition, layout document.Layout, codes []delegation.Code) string {
	what := e.Slug
	if len(codes) == 1 {
		what = codes[0].Delegate.Number
	}
	return "the-dai-bieu-" + what + "-" + string(layout) + ".pdf"
}
