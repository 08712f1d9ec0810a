from django.urls import path

from . import converters  # noqa: F401 - registers one
from .views import actions, compare, datasets, embed, family, files, playground, reference, runs, take_away, worked

app_name = "experiments"

urlpatterns = [
    path("runs/", runs.runs, name="runs"),
    path("runs/<spec:spec_hash>/", runs.run, name="run"),
    path("runs/<spec:spec_hash>/curves/", runs.curves, name="curves"),
    path("runs/<spec:spec_hash>/snapshot/", runs.snapshot, name="snapshot"),
    path("runs/<spec:spec_hash>/stage/", runs.stage, name="stage"),
    path("runs/<spec:spec_hash>/card/", runs.card, name="card"),
    path("runs/<spec:spec_hash>/events", runs.events, name="events"),
    path("runs/<spec:spec_hash>/rerun/", actions.rerun, name="rerun"),
    path("runs/<spec:spec_hash>/cancel/", actions.cancel, name="cancel"),
    path("runs/<spec:spec_hash>/fork/", actions.fork, name="fork"),
    path("runs/<spec:spec_hash>/family/", family.page, name="family"),
    path("runs/<spec:spec_hash>/curve.svg", files.curve_svg, name="curve"),
    path("runs/<spec:spec_hash>/pictures/<slug:kind>.svg", files.picture_svg, name="picture"),
    path("runs/<spec:spec_hash>/card.png", files.card_png, name="card-png"),
    path("runs/<spec:spec_hash>/series.csv", files.series_csv, name="series"),
    path("runs/<spec:spec_hash>/result.json", files.result_json, name="result"),
    path("runs/<spec:spec_hash>/config.yaml", take_away.config, name="config-file"),
    path("runs/<spec:spec_hash>/twin/<slug:library>.py", take_away.twin, name="twin"),
    path("runs/<spec:spec_hash>/files/<str:name>", take_away.taken_file, name="file"),
    path("runs/<spec:spec_hash>/cite.bib", take_away.citation, name="citation"),
    path("runs/<spec:spec_hash>/worked/", worked.fragment, name="worked"),
    path("runs/<spec:spec_hash>/worked/new/", worked.work, name="work"),
    path("runs/<spec:spec_hash>/worked.tex", worked.tex, name="worked-tex"),
    path("runs/<spec:spec_hash>/worked.md", worked.markdown, name="worked-md"),
    path("compare/", compare.page, name="compare"),
    path("compare/curve.svg", compare.curve_svg, name="compare-curve"),
    path("compare/chosen/", compare.chosen, name="compare-chosen"),
    path("embed/runs/<spec:spec_hash>/", embed.embed, name="embed"),
    path("oembed", embed.answer, name="oembed"),
    path("data/", datasets.datasets, name="datasets"),
    path("data/<slug:name>/", datasets.dataset, name="dataset"),
    path("data/<slug:name>.csv", datasets.csv, name="dataset-csv"),
    path("config/", reference.page, name="config"),
    path("config/<slug:name>/", reference.section, name="config-section"),
    path("playground/", playground.page, name="playground"),
    path("playground/check/", playground.check, name="playground-check"),
    path("playground/edit/", playground.edit, name="playground-edit"),
    path("playground/write/", playground.write, name="playground-write"),
    path("playground/config.schema.json", playground.schema, name="config-schema"),
    path("playground/presets/", playground.presets, name="presets"),
]
