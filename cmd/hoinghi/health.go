package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

type healthCommand struct {
	Addr string `help:"Address that the program listens on." default:"127.0.0.1:8080" env:"HOINGHI_ADDR"`
}

// Run asks a running program on this machine whether it is ready to serve, and
// fails if it is not: a container's health check has no other tool at hand.
func (c healthCommand) Run(ctx context.Context, s streams) error {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost" // listening on every address includes this one
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", http.NoBody)
	if err != nil {
		return fmt.Errorf("health: %w", err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy of the environment
	res, err := client.Do(req)
	if err != nil {
		return advise(err, "no answer: is hoinghi running on "+c.Addr+"?", "không có phản hồi: hoinghi có đang chạy tại "+c.Addr+" không?")
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return advise(nil, fmt.Sprintf("not ready (%s): look into the program's log", res.Status), fmt.Sprintf("chưa sẵn sàng (%s): hãy xem nhật ký của chương trình", res.Status))
	}
	_, err = fmt.Fprintln(s.out, "ready")
	return err
}
