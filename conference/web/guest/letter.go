package guest

import (
	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

// signedLetter is an official letter that the focal point may download: only signed ones.
type signedLetter struct {
	Kind  invitation.LetterKind
	Label string
}

func (g *Guest) signedLetters(r *ui.Request, i invitation.Invitation) ([]signedLetter, error) {
	all, err := invitation.SignedFor(r.Context(), g.DB, i.ID)
	if err != nil {
		return nil, err
	}
	var out []signedLetter
	for _, s := range all {
		out = append(out, signedLetter{s.Kind, r.T("guest.letters.get", "kind", r.Say(invitation.LetterKindText(s.Kind)), "n", s.Pages)})
	}
	return out, nil
}

// letter answers with the signed scan of the organisation's own letter.
func (g *Guest) letter(r *ui.Request, i invitation.Invitation) error {
	kind := invitation.LetterKind(r.Param("kind"))
	if !kind.Known() {
		return conference.NotFound()
	}
	data, err := invitation.SignedFile(r.Context(), g.DB, i.ID, kind)
	if err != nil {
		return err
	}
	return r.File("application/pdf", invitation.LetterName(i, kind, "pdf"), data)
}
