package vrrpapp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/guard"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

func init() {
	caddycmd.RegisterCommand(caddycmd.Command{
		Name:      "vrrp",
		Short:     "Shows and moves virtual addresses",
		Long:      "Asks a running Caddy with the vrrp app, through its admin API.",
		CobraFunc: commands,
	})
	caddycmd.RegisterCommand(caddycmd.Command{
		Name:  "vrrp-guard",
		Short: "Started by the vrrp app: owns its sockets and addresses",
		CobraFunc: func(cmd *cobra.Command) {
			cmd.Hidden = true
			cmd.DisableFlagParsing = true
			cmd.RunE = func(*cobra.Command, []string) error {
				os.Exit(guard.Main())
				return nil
			}
		},
	})
}

func commands(cmd *cobra.Command) {
	cmd.PersistentFlags().String("address", "", "The admin API's address, if it is not the default")
	cmd.PersistentFlags().StringP("config", "c", "", "Configuration file, to find the admin API's address in")
	cmd.PersistentFlags().StringP("adapter", "a", "", "The file's config adapter")

	status := &cobra.Command{
		Use: "status [instance]", Short: "Shows state, peers, trackers and history", Args: cobra.MaximumNArgs(1), RunE: runStatus,
	}
	status.Flags().Bool("json", false, "Print what the admin API says")
	cmd.AddCommand(status)
	for _, o := range []struct {
		order speaker.Order
		short string
	}{
		{speaker.HandOver, "Leaves mastership to a peer, without an outage; stays master if there is none"},
		{speaker.Hold, "Stays backup until resume; a master hands over first"},
		{speaker.Resume, "Ends hold, and the effect of handover"},
	} {
		cmd.AddCommand(&cobra.Command{
			Use: string(o.order) + " [instance]", Short: o.short, Args: cobra.MaximumNArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error { return runOrder(cmd, args, o.order) },
		})
	}
	check := &cobra.Command{
		Use:   "check-peer",
		Short: "Listens for the peers of a configuration before it goes live, and compares",
		Args:  cobra.NoArgs, RunE: runCheckPeer,
	}
	check.Flags().Duration("for", 4*time.Second, "How long to listen")
	cmd.AddCommand(check)
	cmd.AddCommand(&cobra.Command{
		Use: "release", Short: "Removes addresses that a killed process left behind (for systemd's ExecStopPost)", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return release(cmd.OutOrStdout()) },
	})
}

// ask sends a request to the admin API.
func ask(cmd *cobra.Command, method, uri string) (*http.Response, error) {
	address, _ := cmd.Flags().GetString("address")
	config, _ := cmd.Flags().GetString("config")
	adapter, _ := cmd.Flags().GetString("adapter")
	admin, err := caddycmd.DetermineAdminAPIAddress(address, nil, config, adapter)
	if err != nil {
		return nil, err
	}
	return caddycmd.AdminAPIRequest(admin, method, uri, nil, nil)
}

func runOrder(cmd *cobra.Command, args []string, o speaker.Order) error {
	uri := "/vrrp/" + string(o)
	if len(args) == 1 {
		uri = "/vrrp/" + url.PathEscape(args[0]) + "/" + string(o)
	}
	resp, err := ask(cmd, http.MethodPost, uri)
	if err == nil {
		resp.Body.Close()
	}
	return err
}

func runStatus(cmd *cobra.Command, args []string) error {
	resp, err := ask(cmd, http.MethodGet, "/vrrp")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var o Overview
	if err := json.Unmarshal(body, &o); err != nil {
		return err
	}
	if len(args) == 1 {
		var one []speaker.Status
		for _, s := range o.Instances {
			if s.Name == args[0] {
				one = append(one, s)
			}
		}
		if o.Instances = one; one == nil {
			return fmt.Errorf("there is no instance %s", args[0])
		}
	}
	if asJSON, _ := cmd.Flags().GetBool("json"); asJSON {
		enc := json.NewEncoder(cmd.OutOrStdout())
		enc.SetIndent("", "  ")
		return enc.Encode(o)
	}
	printStatus(cmd.OutOrStdout(), o, len(args) == 1)
	return nil
}

// printStatus is for a terminal.
func printStatus(out io.Writer, o Overview, long bool) {
	place := "in the Caddy process"
	if o.Guard == "guard" {
		place = "in a guard process"
	}
	fmt.Fprintf(out, "%s: virtual routers run %s\n\n", o.Node, place)
	w := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	fmt.Fprintln(w, "INSTANCE\tSTATE\tSINCE\tPRIORITY\tINTERFACE\tVRID\tMASTER\tADDRESSES")
	for i := range o.Instances {
		s := &o.Instances[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%d\t%s\t%s\n", s.Name, stateWords(s), since(s.Since), s.Priority, s.Interface, s.VRID, masterOf(s), vips(s))
	}
	w.Flush()
	if !long {
		return
	}
	for i := range o.Instances {
		printDetails(out, &o.Instances[i])
	}
}

func printDetails(out io.Writer, s *speaker.Status) {
	w := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	defer w.Flush()
	if len(s.Peers) > 0 {
		fmt.Fprintln(w, "\nPEER\tPRIORITY\tVERSION\tINTERVAL\tHEARD\tREFUSED\tDIFFERS")
	}
	for _, p := range s.Peers {
		fmt.Fprintf(w, "%s\t%d\t%d\t%v\t%s\t%s\t%s\n", p.Address, p.Priority, p.Version, p.Interval, since(p.Last), p.Rejected, strings.Join(p.Differs, ","))
	}
	if len(s.Trackers) > 0 {
		fmt.Fprintln(w, "\nTRACKER\tWEIGHT\tSTATE\tVALUE")
	}
	for _, t := range s.Trackers {
		state := "unknown"
		if t.Known {
			state = map[bool]string{true: "up", false: "down"}[t.Up]
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%d\n", t.Name, t.Weight, state, t.Value)
	}
	if len(s.History) > 0 {
		fmt.Fprintln(w, "\nAGO\tFROM\tTO\tREASON\tPEER")
	}
	for _, r := range s.History {
		peer := ""
		if r.Peer.IsValid() {
			peer = r.Peer.String()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", since(r.At), r.From, r.To, r.Why, peer)
	}
}

func stateWords(s *speaker.Status) string {
	out := s.State.String()
	for i, f := range s.Faults {
		sep := ","
		if i == 0 {
			sep = ":"
		}
		out += sep + string(f)
	}
	if s.Holds != 0 {
		out += " (held)"
	}
	return out
}

func masterOf(s *speaker.Status) string {
	switch {
	case s.State.Holds():
		return "this node"
	case s.Master.Source.IsValid():
		return s.Master.Source.String()
	}
	return "-"
}

func vips(s *speaker.Status) string {
	var words []string
	for _, a := range s.Addresses {
		word := a.Address.String()
		if s.State.Holds() && !a.Present {
			word += "(missing)"
		}
		words = append(words, word)
	}
	return strings.Join(words, ",")
}

func since(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	d := time.Since(t)
	if d < 10*time.Second {
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

var errNoConfig = errors.New("--config names the file to compare with")
