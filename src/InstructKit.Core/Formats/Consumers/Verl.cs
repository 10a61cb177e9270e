using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>verl's reinforcement learning (verl-project/verl: verl/utils/dataset/rl_dataset.py, verl/utils/reward_score): a prompt of messages, the name of a scorer and the truth.</summary>
internal static class Verl
{
    private const string Scores = "verl/utils/reward_score/__init__.py default_compute_score";

    private static readonly string[] Scorers =
    [
        "openai/gsm8k", "lighteval/MATH", "DigitalLearningGmbH/MATH-lighteval", "HuggingFaceH4/MATH-500", "math_dapo", "math", "math_dapo_reasoning", "apps", "taco",
        "codecontests", "codeforces", "hiyouga/geometry3k", "numina_aops_forum", "numina_synthetic_math", "numina_amc_aime", "numina_synthetic_amc", "numina_cn_k12", "numina_olympiads",
        "searchR1_nq", "searchR1_triviaqa", "searchR1_popqa", "searchR1_hotpotqa", "searchR1_2wikimultihopqa", "searchR1_musique", "searchR1_bamboogle",
    ];

    private static readonly System.Buffers.SearchValues<byte> NumberBytes = System.Buffers.SearchValues.Create("0123456789."u8);

    // Inputs and outputs of a program, pair by pair; or a function name, or assertions instead (prime_code, sandbox_fusion).
    private static readonly Shape Tests = AnyObject.Also(static (check, tests) =>
    {
        if (tests.Find("assert_case"u8).IsList) return;

        var (inputs, outputs) = (tests.Find("inputs"u8), tests.Find("outputs"u8));
        if (!inputs.IsList || !outputs.IsList) check.Error(ConsumerCodes.UnusableAnswer, tests, "the tests have no lists of inputs and outputs: the built-in scorers give every program 0");
        else if (inputs.Count != outputs.Count) check.Error(ConsumerCodes.Lengths, outputs, $"the tests have {inputs.Count} inputs and {outputs.Count} outputs");
    });

    private static readonly Shape Prompt = new Turns { Roles = ["system", "developer", "user", "assistant", "tool"], Others = [Optional("name", AnyText)] }
        .Also(TurnRules.LastIs(Severity.Warning, ": the generation prompt follows the last turn", "user", "tool"));

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("verl", "verl: prompt, data_source and reward_model.ground_truth", "verl/utils/dataset/rl_dataset.py RLHFDataset")
    {
        Row = Record(
            Required("prompt", Prompt),
            Required("data_source", FilledText.Also(CheckScorer)),
            Required("reward_model", Record(Required("ground_truth", Any), Optional("style", AnyText)).From(Scores)),
            Optional("ability", AnyText),
            Optional("extra_info", Record(Optional("index", Integer), Optional("need_tools_kwargs", Flag), Optional("tools_kwargs", AnyObject), Optional("interaction_kwargs", AnyObject))
                .Also(static (check, info) =>
                {
                    var arguments = info.Find("tools_kwargs"u8);
                    if (info.Find("need_tools_kwargs"u8).Kind == JsonKind.True && (arguments.IsAbsent || (arguments.IsObject && arguments.Count == 0)))
                        check.Warning(ConsumerCodes.MissingField, info, "extra_info.need_tools_kwargs is true, and tools_kwargs is empty");
                    if (info.Count == 0) check.Warning(ConsumerCodes.Empty, info, "extra_info is an empty object, which Parquet cannot store; leave it out");
                }))).Also(CheckTruth),
        Rules = static () => [new SteadyColumns(), new SteadyTruth { Source = "verl/utils/dataset/rl_dataset.py _read_files_and_tokenize" }],
        Extensions = [".parquet", ".json", ".jsonl"],
        Compressions = [],
        Identity = ["prompt"],
    };

    private static void CheckScorer(RowCheck check, JsonNode source)
    {
        var name = source.AsText();
        if (IsKnown(name)) return;

        var hint = NearestName.Hint(name, Scorers);
        check.Warning(ConsumerCodes.UnknownValue, source, $"data_source is '{JsonNode.Shortened(name)}', which no built-in scorer has: a NotImplementedError unless a reward function of one's own is set{(hint is null ? string.Empty : $". {hint}")}");
    }

    private static bool IsKnown(string name) => Scorers.Contains(name) || name.StartsWith("aime", StringComparison.Ordinal);

    private static void CheckTruth(RowCheck check, JsonNode row)
    {
        var truth = row.Find("reward_model"u8).Find("ground_truth"u8);
        var source = row.Find("data_source"u8);
        if (truth.IsAbsent || !source.IsText) return;

        check.Source = Scores;
        var name = source.AsText();
        if (name.StartsWith("searchR1_", StringComparison.Ordinal))
        {
            Record(Required("target", Either(ListOf(FilledText, 1), FilledText))).Check(check, truth);
        }
        else if (truth.IsText ? truth.IsBlank : truth.IsList && truth.Count == 0)
        {
            check.Error(ConsumerCodes.Empty, truth, $"{truth.Path} is {truth.Words}: no answer matches it");
        }
        else if (name == "openai/gsm8k")
        {
            if (!truth.IsText) check.Error(ConsumerCodes.WrongType, truth, $"{truth.Path} is {truth.Words}, expected a string: the number after #### is compared as text");
            else if (truth.Bytes.Contains((byte)',')) check.Error(ConsumerCodes.UnusableAnswer, truth, $"{truth.Path} is {truth.Words}: commas are removed from the response, never from the truth");
            else if (truth.Bytes[(truth.Bytes[0] == '-' ? 1 : 0)..] is var digits && (digits.IsEmpty || digits.ContainsAnyExcept(NumberBytes)))
                check.Error(ConsumerCodes.UnusableAnswer, truth, $"{truth.Path} is {truth.Words}, expected only digits and a point: the text after #### in the response has nothing else");
        }
        else if (name is "apps" or "taco" or "codecontests" or "codeforces")
        {
            Either(Tests, JsonText(Either(Tests, AnyList.Also(static (check, tests) => check.Error(ConsumerCodes.UnusableAnswer, tests, "the tests are a list, expected an object with inputs and outputs: the built-in scorers give every program 0"))))).Check(check, truth);
        }
        else if (IsKnown(name) && !truth.IsText)
        {
            check.Error(ConsumerCodes.WrongType, truth, $"{truth.Path} is {truth.Words}, expected a string: the scorer of '{name}' compares texts");
        }
    }

    // The files form one table, in which the truth has one type.
    private sealed class SteadyTruth : DatasetRule
    {
        private JsonKind _first;

        public override void Row(RowCheck check, JsonNode row, long bytesBefore)
        {
            var truth = row.Find("reward_model"u8).Find("ground_truth"u8);
            if (truth.IsAbsent) return;

            var family = SteadyColumns.Family(truth.Kind);
            if (_first == JsonKind.Missing) _first = family;
            else if (_first != family) check.Error(ConsumerCodes.SchemaChange, truth, $"{truth.Path} is {truth.Words}, in earlier rows it was {SteadyColumns.Name(_first)}: all files are one table");
        }
    }
}
