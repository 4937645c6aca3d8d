package desk

import (
	"bytes"

	"hoinghi/conference/press"
	"hoinghi/conference/sheet"
	"hoinghi/conference/web/ui"
)

// pressList gives the applications that the page shows as a table for Excel.
func (d *Desk) pressList(r *ui.Request) error {
	all, err := press.List(r.Context(), d.DB, r.Edition().ID, press.Filter{State: press.State(r.Query("state")), Query: r.Query("q")})
	if err != nil {
		return err
	}
	rows := [][]string{{r.T("press.field.full_name"), r.T("press.field.outlet"), r.T("press.field.outlet_kind"), r.T("press.field.role"),
		r.T("press.field.card_number"), r.T("press.field.phone"), r.T("press.field.email"), r.T("press.field.needs"), r.T("press.desk.state"), r.T("press.desk.at")}}
	for _, a := range all {
		row := pressLine(r, a)
		rows = append(rows, []string{a.FullName, a.Outlet, row.Kind, row.Role, a.CardNumber, ui.Phone(a.Phone), a.Email, a.Needs, row.Saying, row.At})
	}
	var file bytes.Buffer
	if err := sheet.WriteCSV(&file, rows); err != nil {
		return err
	}
	if err := d.Press.NoteExport(r.Context(), r.Edition().ID, len(all)); err != nil {
		return err
	}
	return r.File("text/csv; charset=utf-8", "bao-chi-"+r.Edition().Slug+".csv", file.Bytes())
}
