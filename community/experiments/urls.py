from django.urls import path, register_converter

from .converters import SpecHash
from .views import actions, datasets, files, playground, reference, runs, worked

register_converter(SpecHash, "spec")

app_name = "experiments"

urlpatterns = [
    path("runs/", runs.runs, name="runs"),
    path("runs/<spec:spec_hash>/", runs.run, name="run"),
    path("runs/<spec:spec_hash>/card/", runs.card, name="card"),
    path("runs/<spec:spec_hash>/events", runs.events, name="events"),
    path("runs/<spec:spec_hash>/rerun/", actions.rerun, name="rerun"),
    path("runs/<spec:spec_hash>/cancel/", actions.cancel, name="cancel"),
    path("runs/<spec:spec_hash>/fork/", actions.fork, name="fork"),
    path("runs/<spec:spec_hash>/curve.svg", files.curve_svg, name="curve"),
    path("runs/<spec:spec_hash>/series.csv", files.series_csv, name="series"),
    path("runs/<spec:spec_hash>/result.json", files.result_json, name="result"),
    path("runs/<spec:spec_hash>/worked/", worked.fragment, name="worked"),
    path("runs/<spec:spec_hash>/worked/new/", worked.work, name="work"),
    path("runs/<spec:spec_hash>/worked.tex", worked.tex, name="worked-tex"),
    path("runs/<spec:spec_hash>/worked.md", worked.markdown, name="worked-md"),
    path("data/", datasets.datasets, name="datasets"),
    path("data/<slug:name>/", datasets.dataset, name="dataset"),
    path("config/", reference.page, name="config"),
    path("playground/", playground.page, name="playground"),
    path("playground/check/", playground.check, name="playground-check"),
    path("playground/config.schema.json", playground.schema, name="config-schema"),
    path("playground/presets/", playground.presets, name="presets"),
]
