package desk

import "hoinghi/conference/web/ui"

// styleRoutes gives the living style page, in development builds and the demo only.
func (d *Desk) styleRoutes() []ui.Route {
	if !d.Dev {
		return nil
	}
	return []ui.Route{ui.GET("/desk/styleguide", ui.SignedIn, func(r *ui.Request) error {
		return r.Page("desk/styleguide/index", struct {
			ui.Frame
			Form *ui.Form
		}{r.Frame("styleguide"), r.NewForm(nil)})
	})}
}
