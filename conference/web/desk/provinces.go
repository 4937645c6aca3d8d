package desk

import (
	"net/http"
	"slices"

	"hoinghi/conference/edition"
	"hoinghi/conference/web/ui"
)

func (d *Desk) setupRoutes() []ui.Route {
	const at = "/desk/e/:edition"
	return []ui.Route{
		ui.GET(at+"/provinces", ui.Organisers, d.provinces),
		ui.POST(at+"/provinces", ui.Organisers, d.setProvinces),
		ui.GET(at+"/groups", ui.Organisers, d.groups),
		ui.POST(at+"/groups", ui.Organisers, d.keepGroups),
		ui.GET(at+"/groups/new", ui.Organisers, d.newGroup),
		ui.POST(at+"/groups/new", ui.Organisers, d.addGroup),
		ui.GET(at+"/groups/:id", ui.Organisers, d.group),
		ui.POST(at+"/groups/:id", ui.Organisers, d.changeGroup),
		ui.POST(at+"/groups/:id/move", ui.Organisers, d.moveGroup),
		ui.POST(at+"/groups/:id/remove", ui.Organisers, d.removeGroup),
		ui.GET(at+"/start", ui.Organisers, d.start),
		ui.POST(at+"/start", ui.Organisers, d.startFrom),
		ui.POST(at+"/start/empty", ui.Organisers, d.startEmpty),
		ui.POST(at+"/discard", ui.Organisers, d.discard),
		ui.GET(at+"/invitations/add", ui.Organisers, d.uninvited),
		ui.POST(at+"/invitations/add", ui.Organisers, d.inviteChosen),
		ui.POST(at+"/invitations/contacts", ui.Organisers, d.takeContacts),
		ui.POST(at+"/invitations/:id/again/end", ui.Organisers, d.endAgain),
	}
}

type provincesPage struct {
	ui.Frame
	Form      *ui.Form
	Day       string
	Hosts     []ui.Option // of the province that hosts
	NextHosts []ui.Option
	Clusters  []clusterRows
	Outdated  []string // members that are called otherwise on the first day
	Chosen    int
	Next      *step
}

type clusterRows struct {
	Name, Propose string
	Rows          []provinceTick
	HasMember     bool
	HasGuest      bool
}

type provinceTick struct {
	Slug, Name    string
	Member, Guest bool
}

// choice is what stands in the form of provinces: from the edition, a proposal, or what was posted.
type choice struct {
	host, next    string
	member, guest []string
}

func (d *Desk) provinces(r *ui.Request) error {
	members, err := edition.Members(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	c := ticksOf(members)
	if cluster := r.Query("cluster"); slices.Contains(edition.Clusters(), cluster) {
		all, err := edition.ProvincesOn(r.Context(), d.DB, r.Edition().StartsOn, cluster)
		if err != nil {
			return err
		}
		c.member = nil
		for _, p := range all {
			if !slices.Contains(c.guest, p.Slug) {
				c.member = append(c.member, p.Slug)
			}
		}
	}
	return d.showProvinces(r, http.StatusOK, r.NewForm(map[string]string{"host": c.host, "next_host": c.next}), c)
}

func ticksOf(members []edition.Member) choice {
	var c choice
	for _, m := range members {
		switch m.Role {
		case edition.RoleHost:
			c.host = m.Slug
		case edition.RoleNextHost:
			c.next = m.Slug
		case edition.RoleGuest:
			c.guest = append(c.guest, m.Slug)
			continue
		case edition.RoleMember:
		}
		c.member = append(c.member, m.Slug)
	}
	return c
}

func (d *Desk) showProvinces(r *ui.Request, status int, form *ui.Form, c choice) error {
	e := r.Edition()
	all, err := edition.ProvincesOn(r.Context(), d.DB, e.StartsOn, "")
	if err != nil {
		return err
	}
	members, err := edition.Members(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	page := provincesPage{Frame: r.Frame("provinces"), Form: form, Day: dayText(e.StartsOn, r.Lang())}
	if page.Next, err = d.next(r); err != nil {
		return err
	}
	for _, m := range edition.Outdated(e, members) {
		page.Outdated = append(page.Outdated, m.Print(r.Lang()))
	}
	page.Hosts = []ui.Option{{Label: r.T("desk.edition.choose_host")}}
	page.NextHosts = []ui.Option{{Label: r.T("setup.provinces.no_next")}}
	for _, p := range all {
		o := ui.Option{Value: p.Slug, Label: p.Print(r.Lang())}
		page.Hosts, page.NextHosts = append(page.Hosts, o), append(page.NextHosts, o)
	}
	for _, cluster := range edition.Clusters() {
		rows := clusterRows{Name: r.Say(edition.ClusterText(cluster)), Propose: "?cluster=" + cluster}
		for _, p := range all {
			if p.Cluster != cluster {
				continue
			}
			row := provinceTick{Slug: p.Slug, Name: p.Print(r.Lang()), Member: slices.Contains(c.member, p.Slug), Guest: slices.Contains(c.guest, p.Slug)}
			rows.Rows = append(rows.Rows, row)
			if row.Member || row.Guest {
				page.Chosen++
			}
			rows.HasMember, rows.HasGuest = rows.HasMember || row.Member, rows.HasGuest || row.Guest
		}
		page.Clusters = append(page.Clusters, rows)
	}
	slices.SortStableFunc(page.Clusters, func(a, b clusterRows) int { // where something is chosen first
		switch {
		case a.HasMember && !b.HasMember:
			return -1
		case b.HasMember && !a.HasMember:
			return 1
		}
		return 0
	})
	return r.PageStatus(status, "desk/editions/provinces", page)
}

// choices gives the roles of a form. The host takes part without a tick of its own; who is
// ticked as member and guest both is named twice, which the verb refuses.
func (c choice) choices() []edition.Choice {
	var out []edition.Choice
	add := func(slug string, role edition.Role) { out = append(out, edition.Choice{Slug: slug, Role: role}) }
	if c.host != "" {
		add(c.host, edition.RoleHost)
	}
	if c.next != "" {
		add(c.next, edition.RoleNextHost)
	}
	for _, slug := range c.member {
		if slug != c.host && slug != c.next {
			add(slug, edition.RoleMember)
		}
	}
	for _, slug := range c.guest {
		add(slug, edition.RoleGuest)
	}
	return out
}

func (d *Desk) setProvinces(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	c := choice{host: form.Get("host"), next: form.Get("next_host"), member: form.All("member"), guest: form.All("guest")}
	removed, err := d.Invitations.SetProvinces(r.Context(), r.Edition().ID, c.choices())
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showProvinces(r, http.StatusUnprocessableEntity, form, c)
	}
	if removed > 0 {
		r.Flash("success", "setup.provinces.saved_removed", "n", removed)
	} else {
		r.Flash("success", "setup.provinces.saved")
	}
	return r.Redirect("/desk/e/%s/provinces", r.Edition().Slug)
}
