package desk

import (
	"strings"

	"hoinghi/conference/checkin"
	"hoinghi/conference/delegation"
	"hoinghi/conference/invitation"
	"hoinghi/conference/report"
	"hoinghi/conference/web/ui"
)

func (d *Desk) invitationRoutes() []ui.Route {
	const at = "/desk/e/:edition/invitations"
	return []ui.Route{
		ui.GET(at, ui.Organisers, d.board),
		ui.GET(at+"/live", ui.Organisers, func(r *ui.Request) error {
			return r.Stream(invitation.Topic(r.Edition().ID), delegation.Topic(r.Edition().ID), checkin.Topic(r.Edition().ID), "outbox")
		}),
		ui.GET(at+"/quotas", ui.Organisers, d.quotas),
		ui.POST(at+"/quotas", ui.Organisers, d.setQuotas),
		ui.GET(at+"/:id", ui.Organisers, d.invitation),
		ui.POST(at+"/:id/contact", ui.Organisers, d.setContact),
		ui.POST(at+"/:id/deadline", ui.Organisers, d.setDeadline),
		ui.POST(at+"/:id/organisation", ui.Organisers, d.setOrganisation),
		ui.POST(at+"/:id/reissue", ui.Organisers, d.reissue),
	}
}

type boardPage struct {
	ui.Frame
	Rows    []boardRow
	Sum     report.Summary
	Filters []filter
	Query   string
	State   string
	Missing string
	Address string // of this very list, for updates without a reload
	Base    string
	Local   bool // no mail server is configured
}

type boardRow struct {
	report.Row
	Organisation, Province, StateLabel, Focal, Phone string
	Kind                                             string // of the chip
}

// filter is one choice above the board, with the number of rows behind it.
type filter struct {
	Label, Href string
	Count       int
	Current     bool
}

func (d *Desk) board(r *ui.Request) error {
	e := r.Edition()
	all, err := report.Board(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	state, missing, query := r.Query("state"), r.Query("missing"), r.Query("q")
	page := boardPage{Frame: r.Frame("invitations"), Sum: report.Sum(all), Query: query, State: state, Missing: missing,
		Base: "/desk/e/" + e.Slug + "/invitations", Local: d.Outbox.Local()}
	page.Filters = boardFilters(r, all, page.Base, state, missing)
	page.Address = page.Base + "?part=rows&state=" + ui.QueryEscape(state) + "&missing=" + ui.QueryEscape(missing) + "&q=" + ui.QueryEscape(query)
	for _, row := range all {
		if matches(row, state, missing) && found(row, query) {
			page.Rows = append(page.Rows, boardLine(r, row))
		}
	}
	if r.Query("part") == "rows" {
		return r.Fragment("desk/invitations/board", "rows", page)
	}
	return r.Page("desk/invitations/board", page)
}

func boardLine(r *ui.Request, row report.Row) boardRow {
	b := boardRow{Row: row, Organisation: row.OrganisationVi, Province: row.ProvinceVi, Focal: row.FocalName, Kind: string(row.State())}
	if r.Lang() == "en" && row.OrganisationEn != "" {
		b.Organisation, b.Province = row.OrganisationEn, row.ProvinceEn
	}
	b.StateLabel, b.Phone = r.T("desk.board.state."+b.Kind), ui.Phone(row.FocalPhone)
	return b
}

// matches reports whether a row belongs to the chosen filter.
func matches(row report.Row, state, missing string) bool {
	switch missing {
	case "address":
		return row.Address() == ""
	case "quota":
		return row.Seats == 0
	case "sending":
		return row.Listed > row.Registered
	}
	switch state {
	case "":
		return true
	case "silent":
		return row.Silent()
	}
	return string(row.State()) == state
}

func found(row report.Row, query string) bool {
	return query == "" || ui.Matches(strings.Join([]string{row.OrganisationVi, row.ProvinceVi, row.FocalName, strings.ReplaceAll(ui.Phone(row.FocalPhone), " ", ""), row.Address()}, " "), query)
}

func boardFilters(r *ui.Request, rows []report.Row, base, state, missing string) []filter {
	count := func(s, m string) (n int) {
		for _, row := range rows {
			if matches(row, s, m) {
				n++
			}
		}
		return n
	}
	out := []filter{{Label: r.T("desk.board.all"), Href: base, Count: len(rows), Current: state == "" && missing == ""}}
	add := func(label, s, m, href string) {
		if n := count(s, m); n > 0 || (state == s && missing == m) {
			out = append(out, filter{Label: label, Href: base + href, Count: n, Current: state == s && missing == m})
		}
	}
	add(r.T("desk.board.silent"), "silent", "", "?state=silent")
	for _, s := range report.States() {
		add(r.T("desk.board.state."+string(s)), string(s), "", "?state="+string(s))
	}
	for _, m := range []string{"address", "quota", "sending"} {
		add(r.T("desk.board.missing."+m), "", m, "?missing="+m)
	}
	return out
}

func boardCrumb(r *ui.Request) ui.Crumb {
	return ui.Crumb{Label: r.T("desk.nav.invitations"), Href: "/desk/e/" + r.Edition().Slug + "/invitations"}
}
