package desk

import (
	"bytes"
	"strconv"

	"hoinghi/conference/edition"
	"hoinghi/conference/sheet"
	"hoinghi/conference/web/ui"
)

// boardTable gives exactly the organisations that the board shows with the same filter,
// one column for each delegate group.
func (d *Desk) boardTable(r *ui.Request) (rows [][]string, widths []float64, err error) {
	v, err := d.boardView(r)
	if err != nil {
		return nil, nil, err
	}
	groups, err := edition.Groups(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return nil, nil, err
	}
	head := []string{r.T("board.col.province"), r.T("desk.board.organisation"), r.T("board.col.kind"), r.T("desk.board.state"), r.T("board.col.since"), r.T("board.col.sent"),
		r.T("board.col.opened"), r.T("board.col.reason"), r.T("board.col.reminders"), r.T("board.col.reminded"), r.T("board.col.seats"), r.T("board.col.listed"), r.T("board.col.registered"), r.T("desk.board.arrived")}
	widths = []float64{20, 44, 26, 20, 20, 20, 26, 30, 10, 20, 10, 10, 12, 10}
	for _, g := range groups {
		head, widths = append(head, r.T("board.col.group", "group", g.Name(r.Lang()))), append(widths, 16)
	}
	rows = [][]string{append(head, r.T("desk.board.focal"), r.T("board.col.phone"), r.T("board.col.email"))}
	for _, l := range v.shown {
		rows = append(rows, boardCells(r, l, groups))
	}
	if err := d.Invitations.NoteExport(r.Context(), r.Edition().ID, len(v.shown)); err != nil {
		return nil, nil, err
	}
	return rows, append(widths, 26, 18, 30), nil
}

func boardCells(r *ui.Request, l line, groups []edition.Group) []string {
	b := boardLine(r, l, 0)
	reminders := ""
	if l.Reminders > 0 {
		reminders = strconv.Itoa(l.Reminders)
	}
	cells := []string{provinceOf(r, l.Row), b.Organisation, b.KindLabel, b.StateLabel, b.When, ui.Moment(l.SentAt.Time, r.Lang()), ui.Moment(l.OpenedAt.Time, r.Lang()), l.DeclineReason,
		reminders, ui.Moment(l.RemindedAt.Time, r.Lang()), strconv.Itoa(l.Seats), strconv.Itoa(l.Listed), strconv.Itoa(l.Registered), strconv.Itoa(l.Arrived)}
	for _, g := range groups {
		cell := ""
		for _, c := range l.groups {
			if c.GroupID == g.ID {
				cell = r.T("board.of", "n", c.Listed, "seats", c.Seats)
			}
		}
		cells = append(cells, cell)
	}
	return append(cells, b.Focal, b.Phone, l.Address())
}

func (d *Desk) boardWorkbook(r *ui.Request) error {
	rows, widths, err := d.boardTable(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteWorkbook(&b, r.T("board.sheet"), widths, rows); err != nil {
		return err
	}
	return r.File(xlsxType, r.T("board.file")+"-"+r.Edition().Slug+".xlsx", b.Bytes())
}

func (d *Desk) boardCSV(r *ui.Request) error {
	rows, _, err := d.boardTable(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, rows); err != nil {
		return err
	}
	return r.File("text/csv; charset=utf-8", r.T("board.file")+"-"+r.Edition().Slug+".csv", b.Bytes())
}
