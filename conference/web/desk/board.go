package desk

import (
	"net/url"
	"slices"
	"strings"

	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/report"
	"hoinghi/conference/web/ui"
	"hoinghi/db"
)

// boardRows is how many organisations one page of the board shows.
const boardRows = 200

// boardFilter is what of the board is looked at, as it stands in the address.
type boardFilter struct {
	Query, Province, Kind, State, Missing string
	Group                                 int64 // with places left in it
}

func boardFilterOf(r *ui.Request) boardFilter {
	return boardFilter{Query: r.Query("q"), Province: r.Query("province"), Kind: r.Query("kind"), State: r.Query("state"), Missing: r.Query("missing"), Group: r.QueryID("group")}
}

// address gives the filter behind a question mark, "" for none.
func (f boardFilter) address() string {
	v := url.Values{}
	for name, value := range map[string]string{"q": f.Query, "province": f.Province, "kind": f.Kind, "state": f.State, "missing": f.Missing} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if f.Group != 0 {
		v.Set("group", ui.Itoa(f.Group))
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// line is one organisation with its groups, before it is put into words.
type line struct {
	report.Row
	groups []report.GroupCount
	handed []invitation.HandDelivery
}

// finds reports whether a line belongs to the filter without its state, which the chips choose.
func (f boardFilter) finds(l line) bool {
	switch {
	case f.Province != "" && f.Province != ui.Itoa(l.ProvinceVersionID), f.Kind != "" && f.Kind != l.Kind:
		return false
	case f.Group != 0 && !slices.ContainsFunc(l.groups, func(g report.GroupCount) bool { return g.GroupID == f.Group && g.Free() > 0 }):
		return false
	}
	return f.Query == "" || ui.Matches(strings.Join([]string{l.OrganisationVi, l.ProvinceVi, l.FocalName, strings.ReplaceAll(ui.Phone(l.FocalPhone), " ", ""), l.Address()}, " "), f.Query)
}

// matches reports whether a row belongs to the chosen state.
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

// view is the board as a filter shows it: all of an edition, what the choices above leave,
// and what the chosen state leaves of that.
type view struct {
	boardFilter
	all, found, shown []line
}

func (d *Desk) boardView(r *ui.Request) (view, error) {
	v := view{boardFilter: boardFilterOf(r)}
	rows, err := report.Board(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return view{}, err
	}
	groups, err := report.GroupCounts(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return view{}, err
	}
	handed, err := invitation.HandDelivered(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return view{}, err
	}
	for _, row := range rows {
		l := line{Row: row, groups: groups[row.InvitationID], handed: handed[row.InvitationID]}
		v.all = append(v.all, l)
		if !v.finds(l) {
			continue
		}
		v.found = append(v.found, l)
		if matches(row, v.State, v.Missing) {
			v.shown = append(v.shown, l)
		}
	}
	return v, nil
}

func sumOf(lines []line) report.Summary {
	rows := make([]report.Row, 0, len(lines))
	for _, l := range lines {
		rows = append(rows, l.Row)
	}
	return report.Sum(rows)
}

type boardPage struct {
	ui.Frame
	Provinces             []boardProvince
	Sum                   report.Summary // of everything
	Shown                 report.Summary
	Filters               []filter
	Filter                boardFilter
	ProvinceOptions       []ui.Option
	KindOptions           []ui.Option
	GroupOptions          []ui.Option
	Chosen                string // the filter as part of an address
	Address               string // of this very list, for updates without a reload
	Base                  string
	Local                 bool // no mail server is configured
	Page, Pages           int
	Prev, Next, All       string
	PlanActive, PlanKnown bool
}

// boardProvince is a province's organisations with their sums over all pages.
type boardProvince struct {
	Name string
	Host bool
	Sum  report.Summary
	Rows []boardRow
}

type boardRow struct {
	report.Row
	Organisation, StateLabel, Focal, Phone string
	KindLabel, Chip                        string
	When                                   string // of the state
	Reminded                               string
	Handed                                 []string // ways by which the present link was handed over
	Groups                                 []boardGroup
	GroupsText                             string // all in one line, for paper
}

type boardGroup struct {
	Name        string
	Used, Total int
	Unsent      int
	Current     bool // the one that was filtered for
}

// filter is one choice above the board, with the number of rows behind it.
type filter struct {
	Label, Href string
	Count       int
	Current     bool
}

func (d *Desk) board(r *ui.Request) error {
	v, err := d.boardView(r)
	if err != nil {
		return err
	}
	page := boardPage{Frame: r.Frame("invitations"), Sum: sumOf(v.all), Shown: sumOf(v.shown), Filter: v.boardFilter, Chosen: v.address(),
		Base: "/desk/e/" + r.Edition().Slug + "/invitations", Local: d.Outbox.Local()}
	page.Filters = boardFilters(r, v, page.Base)
	page.turn(r, v)
	if err := d.boardOptions(r, &page, v); err != nil {
		return err
	}
	if r.Query("part") == "rows" {
		return r.Fragment("desk/invitations/board", "rows", page)
	}
	plan, err := d.Invitations.RemindPlan(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	page.PlanActive, page.PlanKnown = plan.Active(), !plan.ConfirmedAt.IsZero()
	return r.Page("desk/invitations/board", page)
}

// turn fills in the page of the list that the address asks for; "all" is one long page, for printing.
func (p *boardPage) turn(r *ui.Request, v view) {
	address := func(page string) string {
		if v.address() == "" {
			return p.Base + "?page=" + page
		}
		return p.Base + v.address() + "&page=" + page
	}
	p.Pages = max(1, (len(v.shown)+boardRows-1)/boardRows)
	p.Page = min(p.Pages, max(1, int(min(r.QueryID("page"), 100_000))))
	from, to := (p.Page-1)*boardRows, min(len(v.shown), p.Page*boardRows)
	p.All, p.Address = address("all"), address(ui.Itoa(int64(p.Page)))+"&part=rows"
	switch {
	case r.Query("page") == "all":
		p.Page, p.Pages, from, to = 1, 1, 0, len(v.shown)
		p.Address = address("all") + "&part=rows"
	case p.Page > 1:
		p.Prev = address(ui.Itoa(int64(p.Page - 1)))
	}
	if p.Page < p.Pages {
		p.Next = address(ui.Itoa(int64(p.Page + 1)))
	}
	p.Provinces = boardProvinces(r, v, from, to)
}

// boardProvinces puts the lines from..to into words, by province; the sums are of the whole view.
func boardProvinces(r *ui.Request, v view, from, to int) []boardProvince {
	var out []boardProvince
	for start := 0; start < len(v.shown); {
		id := v.shown[start].ProvinceVersionID
		end := start
		for end < len(v.shown) && v.shown[end].ProvinceVersionID == id {
			end++
		}
		if a, b := max(start, from), min(end, to); a < b {
			first := v.shown[start]
			p := boardProvince{Name: provinceOf(r, first.Row), Host: first.Host, Sum: sumOf(v.shown[start:end])}
			for _, l := range v.shown[a:b] {
				p.Rows = append(p.Rows, boardLine(r, l, v.Group))
			}
			out = append(out, p)
		}
		start = end
	}
	return out
}

// provinceOf gives the province that a row stands under.
func provinceOf(r *ui.Request, row report.Row) string {
	if row.ProvinceVersionID == 0 {
		return r.T("board.central")
	}
	return edition.Province{NameVi: row.ProvinceVi, NameEn: row.ProvinceEn, Kind: row.ProvinceKind}.Short(r.Lang())
}

func boardLine(r *ui.Request, l line, group int64) boardRow {
	b := boardRow{Row: l.Row, Organisation: l.OrganisationVi, Focal: l.FocalName, Chip: string(l.State()), Phone: ui.Phone(l.FocalPhone),
		KindLabel: r.Say(edition.OrganisationKindText(edition.OrganisationKind(l.Kind)))}
	if r.Lang() == "en" && l.OrganisationEn != "" {
		b.Organisation = l.OrganisationEn
	}
	b.StateLabel, b.When = r.T("desk.board.state."+b.Chip), ui.Moment(stateAt(l.Row).Time, r.Lang())
	b.Reminded = remindedText(r, invitation.Reminded{Times: l.Reminders, Last: l.RemindedAt})
	for _, h := range l.handed {
		if !h.Stale {
			b.Handed = append(b.Handed, r.T("board.handed", "channel", r.Say(invitation.ChannelText(h.Channel)), "when", ui.Moment(h.At.Time, r.Lang())))
		}
	}
	var texts []string
	for _, g := range l.groups {
		b.Groups = append(b.Groups, boardGroup{Name: g.Group.In(r.Lang()), Used: g.Listed, Total: g.Seats, Unsent: g.Listed - g.Registered, Current: g.GroupID == group})
		texts = append(texts, groupText(r, g))
	}
	b.GroupsText = strings.Join(texts, "; ")
	return b
}

func groupText(r *ui.Request, g report.GroupCount) string {
	return r.T("board.group", "name", g.Group.In(r.Lang()), "n", g.Listed, "seats", g.Seats)
}

// remindedText says how often an organisation was reminded and when last, "" for never.
func remindedText(r *ui.Request, m invitation.Reminded) string {
	if m.Times == 0 {
		return ""
	}
	return r.T("board.reminded", "n", m.Times, "when", ui.Moment(m.Last.Time, r.Lang()))
}

// stateAt gives since when a row is in its state, as far as that is known.
func stateAt(row report.Row) db.Time {
	switch row.State() {
	case report.Queued, report.Failed, report.Unknown:
		return row.QueuedAt
	case report.Sent:
		return row.SentAt
	case report.Bounced:
		return row.BouncedAt
	case report.Opened:
		return row.OpenedAt
	case report.Accepted, report.Declined:
		return row.AnsweredAt
	case report.Registered:
		return row.SubmittedAt
	case report.Handed:
		return row.HandedAt
	case report.Drafted, report.Arrived:
	}
	return db.Time{}
}

// boardFilters gives a chip for each state that occurs among what the other choices leave.
func boardFilters(r *ui.Request, v view, base string) []filter {
	count := func(s, m string) (n int) {
		for _, l := range v.found {
			if matches(l.Row, s, m) {
				n++
			}
		}
		return n
	}
	var out []filter
	add := func(label, s, m string) {
		n, current := count(s, m), v.State == s && v.Missing == m
		if n == 0 && !current && s+m != "" {
			return
		}
		f := v.boardFilter
		f.State, f.Missing = s, m
		out = append(out, filter{Label: label, Href: base + f.address(), Count: n, Current: current})
	}
	add(r.T("desk.board.all"), "", "")
	add(r.T("desk.board.silent"), "silent", "")
	for _, s := range report.States() {
		add(r.T("desk.board.state."+string(s)), string(s), "")
	}
	for _, m := range []string{"address", "quota", "sending"} {
		add(r.T("desk.board.missing."+m), "", m)
	}
	return out
}

// boardOptions gives what there is to choose from: only what occurs on this board.
func (d *Desk) boardOptions(r *ui.Request, page *boardPage, v view) error {
	kinds := map[string]bool{}
	seen := map[int64]bool{}
	for _, l := range v.all {
		kinds[l.Kind] = true
		if id := l.ProvinceVersionID; !seen[id] {
			seen[id] = true
			page.ProvinceOptions = append(page.ProvinceOptions, ui.Option{Value: ui.Itoa(id), Label: provinceOf(r, l.Row), Selected: v.Province == ui.Itoa(id)})
		}
	}
	for _, k := range edition.OrganisationKinds() {
		if kinds[string(k)] {
			page.KindOptions = append(page.KindOptions, ui.Option{Value: string(k), Label: r.Say(edition.OrganisationKindText(k)), Selected: v.Kind == string(k)})
		}
	}
	groups, err := edition.Groups(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	for _, g := range groups {
		page.GroupOptions = append(page.GroupOptions, ui.Option{Value: ui.Itoa(g.ID), Label: r.T("board.free", "group", g.Name(r.Lang())), Selected: g.ID == v.Group})
	}
	return nil
}
