package netif

// RouteProtocol tags the routes and rules that Host adds, with the number and so the name that they have from keepalived
// (`ip route show proto keepalived`).
const RouteProtocol = 18
