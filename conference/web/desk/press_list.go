package desk

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"hoinghi/conference/press"
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
	file, err := spreadsheet(rows)
	if err != nil {
		return err
	}
	if err := d.Press.NoteExport(r.Context(), r.Edition().ID, len(all)); err != nil {
		return err
	}
	return r.File("text/csv; charset=utf-8", "bao-chi-"+r.Edition().Slug+".csv", file)
}

// spreadsheet writes rows as CSV (RFC 4180) that Excel opens as UTF-8. A cell that
// Excel would take for a formula begins with an apostrophe (OWASP: CSV injection).
func spreadsheet(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
				cell = "'" + cell
			}
			safe[i] = cell
		}
		if err := w.Write(safe); err != nil {
			return nil, fmt.Errorf("write table: %w", err)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
