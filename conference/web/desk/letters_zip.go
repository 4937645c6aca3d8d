package desk

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

// packKept is how long a finished file waits to be fetched.
const packKept = time.Hour

// packs holds the jobs that put all letters of an edition into one file, one for each edition.
type packs struct {
	mu  sync.Mutex
	all map[int64]*pack
}

// pack is one such job. Its file has no name any more once it is open, so that it
// is gone when nobody holds it, even if the program ends.
type pack struct {
	kind  invitation.LetterKind
	name  string
	stop  context.CancelFunc
	mu    sync.Mutex
	done  int
	total int
	over  bool
	err   error
	file  *os.File
	size  int64
}

func packTopic(editionID int64) string { return fmt.Sprintf("letters/%d", editionID) }

// of gives the job of an edition, if there is one.
func (p *packs) of(editionID int64) (*pack, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	job, ok := p.all[editionID]
	return job, ok
}

// put keeps a new job and ends the one before.
func (p *packs) put(editionID int64, job *pack) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if before := p.all[editionID]; before != nil {
		before.drop()
	}
	if p.all == nil {
		p.all = map[int64]*pack{}
	}
	p.all[editionID] = job
}

// remove forgets a job, unless another took its place.
func (p *packs) remove(editionID int64, job *pack) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all[editionID] == job {
		delete(p.all, editionID)
	}
	job.drop()
}

// drop ends the job and lets go of its file.
func (j *pack) drop() {
	j.stop()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.letGo()
}

// letGo removes the file: it has no name, so closing it is enough. The caller holds mu.
func (j *pack) letGo() {
	if j.file != nil {
		_ = j.file.Close()
		j.file = nil
	}
}

func (d *Desk) packLetters(r *ui.Request) error {
	_, kind, err := kindForm(r)
	if err != nil {
		return err
	}
	e := r.Edition()
	all, err := invitation.List(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	own, err := d.hasOwn(r, kind)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(r.Whole())
	job := &pack{kind: kind, name: zipName(e, kind), stop: stop, total: len(all)}
	d.packs.put(e.ID, job)
	go d.pack(ctx, e.ID, job, all, !own)
	return r.Redirect("%s/zip", lettersBase(r))
}

// pack makes the file and keeps it for a while.
func (d *Desk) pack(ctx context.Context, editionID int64, job *pack, all []invitation.Invitation, pdf bool) {
	topic := packTopic(editionID)
	err := d.writePack(ctx, job, all, pdf, func(n int) {
		job.mu.Lock()
		job.done = n
		job.mu.Unlock()
		d.DB.Publish(topic)
	})
	job.mu.Lock()
	job.over, job.err = true, err
	if err != nil {
		job.letGo() // half a file is of no use to anybody for an hour
	}
	job.mu.Unlock()
	if err != nil && ctx.Err() == nil { // one that was stopped finds its file closed
		d.Log.Error("pack letters", "error", err)
	}
	d.DB.Publish(topic)
	wait := time.NewTimer(packKept)
	defer wait.Stop()
	select {
	case <-ctx.Done():
	case <-wait.C:
	}
	d.packs.remove(editionID, job)
}

// writePack writes the letters one after another, each as PDF and DOCX.
func (d *Desk) writePack(ctx context.Context, job *pack, all []invitation.Invitation, pdf bool, tell func(int)) error {
	f, err := os.CreateTemp("", "letters-*.zip")
	if err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	job.mu.Lock()
	job.file = f
	job.mu.Unlock()
	if err := os.Remove(f.Name()); err != nil {
		return fmt.Errorf("unname file: %w", err)
	}
	z := zip.NewWriter(f)
	formats := []invitation.Format{invitation.DOCX}
	if pdf {
		formats = append(formats, invitation.PDF)
	}
	for n, i := range all {
		for _, format := range formats {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := d.packOne(ctx, z, i, job.kind, format); err != nil {
				return err
			}
		}
		tell(n + 1)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("finish file: %w", err)
	}
	size, err := f.Seek(0, io.SeekEnd)
	job.mu.Lock()
	job.size = size
	job.mu.Unlock()
	return err
}

func (d *Desk) packOne(ctx context.Context, z *zip.Writer, i invitation.Invitation, kind invitation.LetterKind, format invitation.Format) error {
	name, data, err := d.Invitations.LetterFile(ctx, d.DB, i.ID, kind, format)
	if err != nil {
		return err
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: string(format) + "/" + name, Method: zip.Store, Modified: d.DB.Now()})
	if err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	return nil
}

type packPage struct {
	ui.Frame
	Base          string
	Kind          invitation.LetterKind
	KindName      string
	Done, Total   int
	Over, Failed  bool
	MB            string
	Running, None bool
}

// packing shows how far the job is, and the link to the file once it is whole.
func (d *Desk) packing(r *ui.Request) error {
	page := packPage{Frame: r.Frame("letters", lettersCrumb(r)), Base: lettersBase(r)}
	job, ok := d.packs.of(r.Edition().ID)
	page.None = !ok
	if ok {
		job.mu.Lock()
		page.Kind, page.Done, page.Total, page.Over, page.Failed = job.kind, job.done, job.total, job.over, job.err != nil
		page.MB = fmt.Sprintf("%.1f", float64(job.size)/(1<<20))
		job.mu.Unlock()
		page.Running, page.KindName = !page.Over, r.Say(invitation.LetterKindText(page.Kind))
	}
	if r.Query("part") == "progress" {
		return r.Fragment("desk/letters/zip", "live", page)
	}
	return r.Page("desk/letters/zip", page)
}

func (d *Desk) packingLive(r *ui.Request) error { return r.Stream(packTopic(r.Edition().ID)) }

func (d *Desk) packed(r *ui.Request) error {
	job, ok := d.packs.of(r.Edition().ID)
	if !ok {
		return conference.NotFound()
	}
	job.mu.Lock()
	file, size, ready := job.file, job.size, job.over && job.err == nil
	job.mu.Unlock()
	if !ready || file == nil {
		return conference.NotFound()
	}
	return r.Copy("application/zip", job.name, io.NewSectionReader(file, 0, size))
}

func (d *Desk) stopPacking(r *ui.Request) error {
	if job, ok := d.packs.of(r.Edition().ID); ok {
		d.packs.remove(r.Edition().ID, job)
		r.Flash("success", "letters.zip.stopped")
	}
	return r.Redirect("%s", lettersBase(r))
}
