package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/delegation"
	"hoinghi/conference/invitation"
)

// BenchmarkCheckIn uploads signed badges over 64 connections, one scan a request,
// to the whole program: cookies, signature, look-ups, a durable row, the answer with
// the person. The loading side runs on the same cores.
func BenchmarkCheckIn(b *testing.B) {
	const connections = 64
	h := open(b)
	texts := h.codes()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	devices := make([]*visitor, 8)
	for n := range devices {
		devices[n] = h.device()
		devices[n].client.Transport = client.Transport
	}
	before := h.scans(`1 = 1`)
	waits := make([]time.Duration, b.N)
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for c := range connections {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				began := time.Now()
				if err := checkIn(b.Context(), devices[c%len(devices)], i, texts[i%int64(len(texts))], h.clock.Now().UnixMilli()); err != nil {
					b.Error(err)
					return
				}
				waits[i] = time.Since(began)
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	slices.Sort(waits)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "scans/s")
	b.ReportMetric(waits[len(waits)/2].Seconds()*1000, "p50-ms")
	b.ReportMetric(waits[len(waits)*99/100].Seconds()*1000, "p99-ms")
	if n := h.scans(`1 = 1`) - before; n != b.N {
		b.Errorf("%d scans on record of %d answered", n, b.N)
	}
}

// codes gives what the QR codes of the demo's delegates hold.
func (h *house) codes() []string {
	h.t.Helper()
	ctx := conference.WithActor(h.t.Context(), conference.Actor{Kind: conference.ActorSystem, Label: "bench", Roles: conference.Roles()})
	all, err := invitation.List(ctx, h.db, 1)
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for _, i := range all {
		var codes []delegation.Code
		if codes, err = h.site.Delegations.Codes(ctx, h.db, i.ID); err != nil && conference.KindOf(err) != conference.KindNotFound {
			h.t.Fatal(err)
		}
		for _, c := range codes {
			out = append(out, c.Text)
		}
	}
	if len(out) < 100 {
		h.t.Fatalf("only %d codes", len(out))
	}
	return out
}

func checkIn(ctx context.Context, v *visitor, n int64, text string, now int64) error {
	body := fmt.Appendf(nil, `{"sent":%d,"cursor":1000000000,"scans":[{"id":"%08x-be9c-4000-8000-%012x","seq":%d,"token":%q,"t":%d,"off":0}]}`, now, n>>48, n, n, text, now)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, v.h.base+"/door/scans", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := v.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	var answer struct{ Results []struct{ Verdict string } }
	if err := json.Unmarshal(raw, &answer); err != nil || len(answer.Results) != 1 || answer.Results[0].Verdict == "" {
		return fmt.Errorf("answered %d %s", res.StatusCode, raw)
	}
	return nil
}
