package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"hoinghi/conference/demo"
)

// desk gives an address of the desk.
func desk(path string) string { return "/desk/e/" + demo.SlugXII + path }

// page asks for one address many times over one connection and notes the 99th percentile and the median in ms.
func (c *scene) page(ctx context.Context, key, path string) error {
	f, err := c.drive(ctx, 1, c.during(4*time.Second), func(l *line, _ int, _ int64) error {
		status, _, size, err := l.ask(c.request(http.MethodGet, path, c.staff, "", nil), false)
		if err == nil && (status != http.StatusOK || size < 500) {
			err = fmt.Errorf("%s answered %d with %d bytes", path, status, size)
		}
		return err
	})
	c.got[key], c.got[key+median] = f.p99.Seconds()*1000, f.p50.Seconds()*1000
	return err
}

func (c *scene) desk(ctx context.Context) error {
	return errors.Join(c.page(ctx, keyDelegates, desk("/delegates")), c.page(ctx, keySearch, desk("/delegates?q=nguyen")),
		c.page(ctx, keyRare, desk("/delegates?q=khongcoai")), c.page(ctx, keyGroup, desk("/delegates?group=1")), c.page(ctx, keyBoard, desk("/invitations")), c.page(ctx, keyArrivals, desk("/arrivals")))
}

// doorList is what a device takes along: all of it at first, then only what changes all the time.
func (c *scene) doorList(ctx context.Context) error {
	version := ""
	for _, step := range []struct{ key, path string }{{keyDoorList, "/door/list"}, {keyDoorHave, "/door/list?have="}} {
		var waits []time.Duration
		for range 5 {
			l, err := c.dial(ctx)
			if err != nil {
				return err
			}
			began := time.Now()
			status, _, size, err := l.ask(c.request(http.MethodGet, step.path+version, c.devices[0], "", nil), false)
			waits = append(waits, time.Since(began))
			if err = errors.Join(err, l.conn.Close()); err != nil {
				return fmt.Errorf("%s: %w", step.path, err)
			}
			if status != http.StatusOK {
				return fmt.Errorf("%s answered %d", step.path, status)
			}
			if version == "" {
				c.got[keyDoorBytes] = float64(size) / 1e6
			}
		}
		slices.Sort(waits)
		c.got[step.key] = waits[2].Seconds() * 1000
		if version == "" {
			var err error
			if version, err = c.listVersion(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *scene) listVersion(ctx context.Context) (string, error) {
	l, err := c.dial(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = l.conn.Close() }()
	plain := bytes.Replace(c.request(http.MethodGet, "/door/list", c.devices[0], "", nil), []byte("Accept-Encoding: gzip\r\n"), nil, 1)
	_, body, _, err := l.ask(plain, true)
	if err != nil {
		return "", err
	}
	_, rest, ok := strings.Cut(string(body), `"version":"`)
	version, _, closed := strings.Cut(rest, `"`)
	if !ok || !closed {
		return "", fmt.Errorf("the list has no version: %.200s", body)
	}
	return version, nil
}

func (c *scene) programme(ctx context.Context) error {
	const path = "/e/" + demo.SlugXII + "/programme"
	ask := func(cookie string) (figures, int64, error) {
		var wire int64
		f, err := c.drive(ctx, 32, c.during(5*time.Second), func(l *line, connection int, _ int64) error {
			status, _, size, err := l.ask(c.request(http.MethodGet, path, cookie, "", nil), false)
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("programme answered %d", status)
			}
			if connection == 0 {
				wire = size
			}
			return err
		})
		return f, wire, err
	}
	f, wire, err := ask("lang=vi")
	if err != nil {
		return err
	}
	c.got[keyPage], c.got[keyPageCPU], c.got[keyPageBytes] = f.rate, float64(f.cpu.Microseconds()), float64(wire)
	f, _, err = ask("flash=x")
	c.got[keyPageMade] = f.rate
	return err
}

// badges prints everybody's badge, eight on a page, unless there are more than the
// program puts into one file.
func (c *scene) badges(ctx context.Context) error {
	if c.delegates > 1000 {
		return nil
	}
	l, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = l.conn.Close() }()
	began := time.Now()
	status, _, size, err := l.ask(c.request(http.MethodPost, desk("/badges"), c.staff, "application/x-www-form-urlencoded", []byte("layout=a4-8&order=name&x=0&y=0")), false)
	if err == nil && (status != http.StatusOK || size < 100000) {
		err = fmt.Errorf("badges answered %d with %d bytes", status, size)
	}
	c.got[keyBadges] = time.Since(began).Seconds()
	return err
}
