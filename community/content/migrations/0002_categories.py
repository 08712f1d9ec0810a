"""The categories a new site begins with, frozen here: staff edit them afterwards on the site."""

from typing import NamedTuple

from django.db import migrations



class Words(NamedTuple):
    name: str
    description: str


class DefaultCategory(NamedTuple):
    slug: str
    parent: str
    tone: int
    en: Words
    zh: Words


DEFAULT_CATEGORIES = (
    DefaultCategory(
        "foundations",
        "",
        0,
        Words("Foundations", "The chain rule, Jacobians, computational graphs: what backpropagation stands on."),
        Words("基础", "链式法则、雅可比矩阵、计算图：反向传播的根基。"),
    ),
    DefaultCategory(
        "chain-rule",
        "foundations",
        0,
        Words("Chain rule", "One variable, many variables, vectors and matrices."),
        Words("链式法则", "一元、多元，以及向量与矩阵的情形。"),
    ),
    DefaultCategory(
        "computational-graphs",
        "foundations",
        0,
        Words("Computational graphs", "Forward and reverse mode, tapes, what autograd keeps and why."),
        Words("计算图", "前向与反向模式、梯度带，自动微分记住了什么、为什么。"),
    ),
    DefaultCategory(
        "derivations",
        "",
        1,
        Words("Derivations", "Gradients worked out on paper, step by step, and checked."),
        Words("公式推导", "在纸上一步步推出的梯度，并加以检验。"),
    ),
    DefaultCategory(
        "losses-and-outputs",
        "derivations",
        1,
        Words("Losses and outputs", "Squared error, cross-entropy, softmax and their gradients."),
        Words("损失与输出层", "平方误差、交叉熵、softmax 以及它们的梯度。"),
    ),
    DefaultCategory(
        "architectures",
        "",
        2,
        Words("Architectures", "How gradients flow through layers of every kind."),
        Words("网络结构", "梯度怎样流过各种各样的层。"),
    ),
    DefaultCategory(
        "feed-forward",
        "architectures",
        2,
        Words("Feed-forward nets", "Fully connected layers, width, depth, activations."),
        Words("前馈网络", "全连接层、宽度、深度与激活函数。"),
    ),
    DefaultCategory(
        "convolutional",
        "architectures",
        2,
        Words("Convolutional nets", "Kernels, pooling, and their transposes on the way back."),
        Words("卷积网络", "卷积核、池化，以及回程中的转置。"),
    ),
    DefaultCategory(
        "recurrent",
        "architectures",
        2,
        Words("Recurrent nets", "Backpropagation through time, gates, clipping."),
        Words("循环网络", "随时间反向传播、门控与梯度裁剪。"),
    ),
    DefaultCategory(
        "training-troubles",
        "",
        3,
        Words("Training troubles", "It does not learn, it blows up, it learns the wrong thing: bring the config."),
        Words("训练疑难", "不收敛、发散、学偏了：请带上你的配置。"),
    ),
    DefaultCategory(
        "vanishing-and-exploding",
        "training-troubles",
        3,
        Words("Vanishing and exploding", "Gradients that fade on the way back, or grow without end."),
        Words("梯度消失与爆炸", "回程中越来越小、或越来越大的梯度。"),
    ),
    DefaultCategory(
        "initialisation",
        "training-troubles",
        3,
        Words("Initialisation", "Where to start, and why some starts never leave."),
        Words("初始化", "从哪里开始，为什么有的起点再也走不出来。"),
    ),
    DefaultCategory(
        "show-and-tell",
        "",
        4,
        Words("Show and tell", "Runs, drawings and small discoveries that others should see."),
        Words("作品与发现", "值得给大家看的实验、图画和小发现。"),
    ),
    DefaultCategory(
        "meta",
        "",
        7,
        Words("Meta", "About this place: how it works, what is missing, what to mend."),
        Words("站务", "关于本站：怎样运作、缺少什么、该修什么。"),
    ),
)



def fill(apps, schema_editor):
    category = apps.get_model("content", "Category")
    made = {}
    for position, entry in enumerate(DEFAULT_CATEGORIES):
        made[entry.slug], _ = category.objects.get_or_create(
            slug=entry.slug,
            defaults={
                "parent": made.get(entry.parent),
                "name": entry.en.name,
                "name_zh": entry.zh.name,
                "description": entry.en.description,
                "description_zh": entry.zh.description,
                "tone": entry.tone,
                "position": position,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("content", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
