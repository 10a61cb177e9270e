using InstructKit.Building.Plans;

namespace InstructKit.Building.EvaluationOutput;

/// <summary>A tool that can run evaluation sets, and the files that it needs in addition to ours.</summary>
/// <param name="Name">Name in plans and options.</param>
/// <param name="Description">What it is for, one line.</param>
/// <param name="Files">Files of the tool by path below the folder of the sets, created when all sets are known.</param>
internal sealed record EvaluationFormat(
    string Name, string Description, Func<IReadOnlyList<EvaluationSet>, BuildPlan, IEnumerable<(string Path, byte[] Content)>> Files)
{
    /// <summary>Opens the tool's own rows; null if it reads ours.</summary>
    public Func<EvaluationSets, BuildPlan, IEvaluationRows>? OpenRows { get; init; }
}

/// <summary>The table of formats. To add one: a file next to this one, one line here.</summary>
internal static class EvaluationFormats
{
    /// <summary>All formats, the default first.</summary>
    public static IReadOnlyList<EvaluationFormat> All { get; } =
    [
        new("lm-eval", "YAML files for lm-evaluation-harness", (sets, plan) => [.. HarnessFiles.Write(sets, plan.EvalRoot), Readme(HarnessFiles.Usage(sets))]),
        new("openai-evals", "samples and a registry for openai/evals", (sets, _) => [OpenAiEvals.Registry(sets), Readme(OpenAiEvals.Usage(sets))]) { OpenRows = (sets, _) => new OpenAiEvals(sets) },
        new("batch", "requests for the batch interfaces of OpenAI and vLLM", (_, _) => [Readme(BatchRequests.Usage)]) { OpenRows = (sets, plan) => new BatchRequests(sets, plan.EvalModel) },
        new("plain", "the rows alone, for scripts of one's own", (_, _) => [Readme(PlainUsage)]),
    ];

    public static EvaluationFormat Of(BuildPlan plan) => All.First(format => format.Name == plan.EvalFormat);

    private const string PlainUsage = """
        Each file has the rows of one task under one template; `sets.json` lists them. Write one line for each row with its `id`:
        `{"id": "…", "text": "…"}` for what the model wrote, `{"id": "…", "loglikelihoods": [-1.5, -2.25]}` for the summed log-likelihood of each of the `choices`, or
        both kinds in one file; `"sample": 0`, `1`, … tells several texts for one row apart. Then, beside the folder `eval`:

        ```
        instructkit score predictions.jsonl --eval .
        ```
        """;

    private static (string, byte[]) Readme(string usage) => ("README.md", Encoding.UTF8.GetBytes($"""
        # Evaluation sets

        Held-out rows, one JSON Lines file for each task and template: `test/` is what figures are about, `dev/` is for choosing a template, and every other way of asking has a folder of its own: `-baseline` (prompts without instructions), `-no-options`, `-few-shot-N`, and `-gold-at-P`, where the right option is at place P of those that the input shows (rows with fewer options, and templates that do not show them, are not among these).

        {usage}

        FLAN's figures are those of `instructkit score`: the mean over the templates of each task, and the test score of the template that is best on the dev rows; clusters are means of their tasks.

        """.ReplaceLineEndings("\n")));
}
