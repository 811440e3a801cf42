# A Flask application with what real ones have: forms, sessions, redirects, uploads, streams, errors.

from flask import Flask, request, Response, redirect, session, jsonify, make_response
import time
app = Flask(__name__)
app.secret_key = "k"
app.url_map.strict_slashes = True

# What proxies add, and what some of them do not take away.
OF_THE_HOP = {"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Via", "Connection", "Te", "Proxy", "X-Hop",
              "Transfer-Encoding", "Content-Length"}

@app.route("/")
def index(): return "<h1>hi</h1>"
@app.route("/echo", methods=["GET","POST","PUT","PATCH","DELETE","OPTIONS"])
def echo():
    return jsonify(method=request.method, path=request.path, args=request.args.to_dict(flat=False), body=request.get_data(as_text=True), headers={k:v for k,v in request.headers.items() if k not in OF_THE_HOP}, url=request.url, remote=request.remote_addr)
@app.route("/path/<path:p>")
def path(p): return jsonify(p=p)
@app.route("/name/<n>/")
def name(n): return "n=" + n
@app.route("/redirect")
def red(): return redirect("/name/a/")
@app.route("/login")
def login():
    session["user"] = request.args.get("u","x"); r = make_response("ok"); r.set_cookie("a","1"); r.set_cookie("b","2"); return r
@app.route("/me")
def me(): return session.get("user","nobody")
@app.route("/upload", methods=["POST"])
def upload():
    f = request.files["file"]; d = f.read(); return jsonify(name=f.filename, size=len(d), field=request.form.get("t"))
@app.route("/size", methods=["POST"])
def size(): return str(len(request.get_data()))
@app.route("/big/<int:n>")
def big(n): return Response(b"x"*n, content_type="application/octet-stream")
@app.route("/stream")
def stream():
    def g():
        for i in range(3):
            yield "data: %d\n\n" % i
            time.sleep(0.3)
    return Response(g(), content_type="text/event-stream")
@app.route("/error")
def error(): raise RuntimeError("x")
@app.route("/status/<int:s>")
def status(s): return ("", s)
@app.route("/slow")
def slow(): time.sleep(float(request.args.get("s","1"))); return "slow"
@app.route("/etag")
def etag():
    r = make_response("cached"); r.set_etag("v1"); return r.make_conditional(request)
