package desk

import (
	"hoinghi/conference/checkin"
	"hoinghi/conference/delegation"
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

func (d *Desk) invitationRoutes() []ui.Route {
	const at = "/desk/e/:edition/invitations"
	return []ui.Route{
		ui.GET(at, ui.Organisers, d.board),
		ui.GET(at+"/export.xlsx", ui.Organisers, d.boardWorkbook),
		ui.GET(at+"/export.csv", ui.Organisers, d.boardCSV),
		ui.GET(at+"/live", ui.Organisers, func(r *ui.Request) error {
			return r.Stream(invitation.Topic(r.Edition().ID), delegation.Topic(r.Edition().ID), checkin.Topic(r.Edition().ID), "outbox")
		}),
		ui.GET(at+"/quotas", ui.Organisers, d.quotas),
		ui.POST(at+"/quotas", ui.Organisers, d.setQuotas),
		ui.GET(at+"/remind", ui.Organisers, d.remind),
		ui.POST(at+"/remind", ui.Organisers, d.sendReminders),
		ui.GET(at+"/remind/plan", ui.Organisers, d.remindPlan),
		ui.POST(at+"/remind/plan", ui.Organisers, d.setRemindPlan),
		ui.POST(at+"/remind/plan/withdraw", ui.Organisers, d.withdrawRemindPlan),
		ui.GET(at+"/:id", ui.Organisers, d.invitation),
		ui.POST(at+"/:id/contact", ui.Organisers, d.setContact),
		ui.POST(at+"/:id/deadline", ui.Organisers, d.setDeadline),
		ui.POST(at+"/:id/organisation", ui.Organisers, d.setOrganisation),
		ui.POST(at+"/:id/reissue", ui.Organisers, d.reissue),
	}
}

func boardCrumb(r *ui.Request) ui.Crumb {
	return ui.Crumb{Label: r.T("desk.nav.invitations"), Href: "/desk/e/" + r.Edition().Slug + "/invitations"}
}
