from django.urls import path

import community.common.converters  # noqa: F401 - registers `key`
from community.review.views import community_answers, questions, suggestions

app_name = "review"
urlpatterns = [
    path("posts/<key:pk>/suggest/", suggestions.suggest, name="suggest"),
    path("posts/<key:pk>/community/", community_answers.community, name="community"),
    path("suggestions/", suggestions.queue, name="suggestions"),
    path("suggestions/<key:pk>/", suggestions.suggestion, name="suggestion"),
    path("suggestions/<key:pk>/next/", suggestions.next_one, name="next"),
    path("suggestions/<key:pk>/decide/", suggestions.decide, name="decide"),
    path("suggestions/<key:pk>/improve/", suggestions.improve, name="improve"),
    path("suggestions/<key:pk>/withdraw/", suggestions.withdraw, name="withdraw"),
    path("proposals/", questions.proposals, name="proposals"),
    path("proposals/<key:pk>/", questions.proposals_of, name="proposals-of"),
    path("proposals/<key:pk>/vote/", questions.vote, name="vote"),
    path("threads/<key:pk>/duplicate/", questions.duplicate, name="duplicate"),
    path("threads/<key:pk>/hold/", questions.hold, name="hold"),
    path("threads/<key:pk>/reopen/", questions.reopen, name="reopen"),
]
