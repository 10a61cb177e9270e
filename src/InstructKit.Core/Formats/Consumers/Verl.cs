using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>verl's reinforcement learning (verl-project/verl: verl/utils/dataset/rl_dataset.py, verl/utils/reward_score): a prompt of messages, the name of a scorer and the truth.</summary>
internal static class Verl
{
    private const string Scores = "verl/utils/reward_score/__init__.py default_compute_score";

    private static readonly string[] Scorers =
    [
        "openai/gsm8k", "lighteval/MATH", "DigitalLearningGmbH/MATH-lighteval", "HuggingFaceH4/MATH-500", "math_dapo", "math", "math_dapo_reasoning", "apps", "taco",
        "codecontests", "codeforces", "hiyouga/geometry3k",
    ];

    private static readonly string[] Families = ["aime", "numina_", "searchR1_"];

    private static readonly Shape Prompt = new Turns { Roles = ["system", "developer", "user", "assistant", "tool"], Others = [Optional("name", AnyText)] }
        .Also(TurnRules.LastIs(Severity.Warning, ": the generation prompt follows the last turn", "role", "user", "tool"));

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
                    if (info.Count == 0) check.Warning(ConsumerCodes.Empty, info, "extra_info is an empty object, which Parquet cannot store; leave it out");
                }))).Also(CheckTruth),
        Rules = static () => [new SteadyColumns { Source = "datasets packaged_modules/json/json.py" }, new SteadyTruth { Source = "verl/utils/dataset/rl_dataset.py _read_files_and_tokenize" }],
        Extensions = [".parquet", ".json", ".jsonl"],
        Compressions = [],
        Identity = ["prompt"],
    };

    private static void CheckScorer(RowCheck check, JsonNode source)
    {
        var name = source.AsText();
        if (Scorers.Contains(name) || Families.Any(family => name.StartsWith(family, StringComparison.Ordinal))) return;

        var hint = NearestName.Hint(name, Scorers);
        check.Warning(ConsumerCodes.UnknownValue, source, $"data_source is '{JsonNode.Shortened(name)}', which no built-in scorer has: a NotImplementedError unless a reward function of one's own is set{(hint is null ? string.Empty : $". {hint}")}");
    }

    private static void CheckTruth(RowCheck check, JsonNode row)
    {
        var truth = row.Find("reward_model"u8).Find("ground_truth"u8);
        var source = row.Find("data_source"u8);
        if (truth.IsAbsent || !source.IsText) return;

        var outer = check.Source;
        check.Source = Scores;
        var name = source.AsText();
        if (name.StartsWith("searchR1_", StringComparison.Ordinal))
        {
            Record(Required("target", Either(ListOf(AnyText, 1), AnyText))).Check(check, truth);
        }
        else if (truth.IsText ? truth.IsBlank : truth.IsList && truth.Count == 0)
        {
            check.Error(ConsumerCodes.Empty, truth, $"{truth.Path} is {truth.Words}: no answer matches it");
        }
        else if (name == "openai/gsm8k")
        {
            if (!truth.IsText) check.Error(ConsumerCodes.WrongType, truth, $"{truth.Path} is {truth.Words}, expected a string: the number behind #### is compared as text");
            else if (truth.Bytes.Contains((byte)',')) check.Error(ConsumerCodes.UnusableAnswer, truth, $"{truth.Path} is {truth.Words}: commas are removed from the response, never from the truth");
        }
        else if (name is "apps" or "taco" or "codecontests" or "codeforces")
        {
            JsonText(Either(AnyObject, AnyList)).Check(check, truth);
        }
        else if (Scorers.Contains(name) && !truth.IsText)
        {
            check.Error(ConsumerCodes.WrongType, truth, $"{truth.Path} is {truth.Words}, expected a string: the scorer of '{name}' compares texts");
        }

        check.Source = outer;
    }

    // The files are one table, in which the truth has one type.
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

/// <summary>open-instruct's RLVR (allenai/open-instruct: open_instruct/dataset_transformation.py rlvr_tokenize, ground_truth_utils.py): messages, truths, and the verifiers that compare them.</summary>
internal static class Rlvr
{
    private const string Verify = "open_instruct/ground_truth_utils.py";

    private static readonly string[] Verifiers =
    [
        "gsm8k", "math", "strict_math", "ifeval", "ifeval_old", "flan", "string_matcher", "string_f1", "puzzle", "re_search_f1", "max_length", "up_to_max_length", "code", "code_stdio", "rubric",
    ];

    private static readonly Shape Messages = new Turns { Roles = ["system", "user", "assistant", "tool", "environment"] }
        .Also(static (check, turns) =>
        {
            if (turns.Count == 1 && turns.Last.Find("role"u8).Is("assistant"u8)) check.Error(ConsumerCodes.Empty, turns, "messages has only a turn of the assistant, which is removed: no prompt is left");
        });

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("rlvr", "open-instruct RLVR: messages, ground_truth and dataset", "open_instruct/dataset_transformation.py rlvr_tokenize")
    {
        Row = Record(
            Required("messages", Messages),
            Required("ground_truth", Either(FilledText, ListOf(Either(AnyText, AnyList, AnyObject), 1))),
            Required("dataset", Either(FilledText, ListOf(FilledText, 1))),
            Optional("tools", ListOf(AnyText))).Also(CheckTruths),
        Rules = static () => [new SteadyColumns { Source = "datasets packaged_modules/json/json.py" }],
        Extensions = [".jsonl", ".json", ".parquet"],
        Compressions = [],
        Identity = ["messages"],
    };

    private static void CheckTruths(RowCheck check, JsonNode row)
    {
        var (truth, verifier) = (row.Find("ground_truth"u8), row.Find("dataset"u8));
        if (verifier.IsText)
        {
            CheckTruth(check, truth, verifier);
            return;
        }

        if (!verifier.IsList || truth.IsAbsent) return;

        if (!truth.IsList)
        {
            check.Error(ConsumerCodes.Lengths, truth, "dataset is a list and ground_truth is not: each verifier needs its truth");
            return;
        }

        if (truth.Count != verifier.Count)
        {
            check.Error(ConsumerCodes.Lengths, truth, $"ground_truth has {truth.Count} elements, dataset {verifier.Count}: an assertion fails");
            return;
        }

        List<JsonNode> truths = [];
        foreach (var one in truth) truths.Add(one);

        var index = 0;
        foreach (var one in verifier) CheckTruth(check, truths[index++], one);
    }

    private static void CheckTruth(RowCheck check, JsonNode truth, JsonNode verifier)
    {
        if (!verifier.IsText || truth.IsAbsent) return;

        var outer = check.Source;
        check.Source = Verify;
        var name = verifier.AsText().ToLowerInvariant();
        if (!Verifiers.Contains(name) && !name.StartsWith("general-", StringComparison.Ordinal) && !name.StartsWith("general_", StringComparison.Ordinal))
            check.Warning(ConsumerCodes.UnknownValue, verifier, $"{verifier.Path} is {verifier.Words}, which is no verifier: the row has no reward (remap_verifier gives it one)");

        var text = truth.IsText ? truth.AsText().Trim() : null;
        switch (name)
        {
            case "gsm8k" when text is not null && !double.TryParse(text, NumberStyles, System.Globalization.CultureInfo.InvariantCulture, out _):
                check.Error(ConsumerCodes.UnusableAnswer, truth, $"{truth.Path} is {truth.Words}, expected a plain number: the last number of the response is compared with it as text");
                break;
            case "max_length" or "up_to_max_length" when text is not null && !long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out _):
                check.Error(ConsumerCodes.UnusableAnswer, truth, $"{truth.Path} is {truth.Words}, expected a whole number of tokens as a string");
                break;
            case "ifeval" when text is not null && (!text.StartsWith('[') || !text.Contains("instruction_id", StringComparison.Ordinal) || !text.Contains("kwargs", StringComparison.Ordinal)):
                check.Error(ConsumerCodes.UnusableAnswer, truth, $"{truth.Path} is {truth.Words}, expected the Python literal of a list with instruction_id and kwargs");
                break;
            case "rubric" when truth.IsText:
                JsonText(Either(AnyObject, AnyList)).Check(check, truth);
                break;
            case "code" or "code_stdio" when truth.IsText:
                JsonText(AnyList).Check(check, truth);
                break;
            default:
                break;
        }

        check.Source = outer;
    }

    private const System.Globalization.NumberStyles NumberStyles = System.Globalization.NumberStyles.AllowLeadingSign | System.Globalization.NumberStyles.AllowDecimalPoint;
}

/// <summary>NeMo Gym's resources servers (NVIDIA-NeMo/Gym: nemo_gym/openai_utils.py, resources_servers/*/app.py): the request of the Responses API and the fields of the verifier.</summary>
internal static class NemoGym
{
    private const string Mcqa = "resources_servers/mcqa/app.py MCQARunRequest";

    private static readonly string[] MessageRoles = ["user", "assistant", "system", "developer"];

    private static readonly Shape Item = AnyObject.Also(static (check, item) =>
    {
        var type = item.Find("type"u8);
        if (type.IsAbsent || type.Is("message"u8))
            Record(Required("role", OneOf(MessageRoles)), Required("content", Either(AnyText, ListOf(Record(Required("type", FilledText)))))).Check(check, item);
        else AnyText.Check(check, type);
    });

    private static readonly Shape Request = Closed(
        Required("input", Either(FilledText, ListOf(Item, 1))),
        Optional("background", Flag), Optional("include", ListOf(AnyText)), Optional("instructions", AnyText), Optional("max_output_tokens", Integer), Optional("max_tool_calls", Integer),
        Optional("metadata", AnyObject), Optional("model", AnyText), Optional("parallel_tool_calls", Flag), Optional("previous_response_id", AnyText), Optional("prompt", AnyObject),
        Optional("reasoning", AnyObject), Optional("service_tier", OneOf("auto", "default", "flex", "scale", "priority")), Optional("store", Flag), Optional("context_management", AnyList),
        Optional("conversation", Either(AnyText, AnyObject)), Optional("moderation", AnyObject), Optional("prompt_cache_key", AnyText),
        Optional("prompt_cache_retention", OneOf("in_memory", "24h")), Optional("safety_identifier", AnyText), Optional("stream_options", AnyObject), Optional("temperature", Number),
        Optional("text", AnyObject), Optional("tool_choice", Either(AnyText, AnyObject)), Optional("tools", ListOf(Record(Required("type", FilledText)))), Optional("top_logprobs", Integer),
        Optional("top_p", Number), Optional("truncation", OneOf("auto", "disabled")), Optional("user", AnyText), Optional("stream", Flag));

    private static readonly Shape Options = ListOf(AnyObject.Also(static (check, option) =>
    {
        if (option.Count != 1) check.Error(ConsumerCodes.Lengths, option, $"{option.Path} has {option.Count} keys, expected one letter with its text");
        foreach (var text in option)
        {
            AnyText.Check(check, text);
            if (text.Key.Length != 1 || !char.IsAsciiLetter((char)text.Key[0])) check.Error(ConsumerCodes.UnknownKey, text, $"{option.Path} has the key '{JsonNode.Shortened(Encoding.UTF8.GetString(text.Key))}', expected a single letter");
        }
    }), 1).From(Mcqa);

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("nemo-gym", "NeMo Gym: responses_create_params and the verifier's fields", "nemo_gym/openai_utils.py NeMoGymResponseCreateParamsNonStreaming")
    {
        Row = Record(
            Required("responses_create_params", Request),
            Optional("options", Options),
            Optional("expected_answer", AnyText),
            Optional("grading_mode", OneOf("strict_single_letter_boxed", "lenient_boxed", "lenient_answer_colon").From(Mcqa)),
            Optional("verifier_metadata", AnyObject)).Also(CheckFields),
        Extensions = [".jsonl"],
        Compressions = [],
        TakesArrays = false,
        BlankLines = Severity.Error,
        Identity = ["responses_create_params"],
    };

    private static void CheckFields(RowCheck check, JsonNode row)
    {
        var agent = row.Find("agent_ref"u8);
        if (!agent.IsAbsent) check.Warning(ConsumerCodes.ReservedColumn, agent, "agent_ref is added by `gym dataset collate`; do not write it");

        var (options, answer) = (row.Find("options"u8), row.Find("expected_answer"u8));
        var outer = check.Source;
        if (options.IsList)
        {
            check.Source = Mcqa;
            if (answer.IsAbsent) Missing(check, row, answer, "expected_answer");
            else if (answer.IsText && !HasLetter(options, answer.AsText().Trim()))
                check.Error(ConsumerCodes.UnusableAnswer, answer, $"expected_answer is {answer.Words}, which is no letter of the options");
        }

        var (schema, kind) = (row.Find("schema_str"u8), row.Find("schema_type"u8));
        if (!schema.IsAbsent || !kind.IsAbsent)
        {
            check.Source = "resources_servers/structured_outputs/app.py";
            if (schema.IsAbsent) Missing(check, row, schema, "schema_str");
            else AnyText.Check(check, schema);

            if (kind.IsAbsent) Missing(check, row, kind, "schema_type");
            else AnyText.Check(check, kind);
        }

        var instructions = row.Find("verifier_metadata"u8).Find("instruction_id_list"u8);
        var holder = instructions.IsAbsent ? row : row.Find("verifier_metadata"u8);
        if (instructions.IsAbsent) instructions = row.Find("instruction_id_list"u8);
        if (!instructions.IsAbsent)
        {
            check.Source = "resources_servers/instruction_following/app.py";
            ListOf(FilledText, 1).Check(check, instructions);
            var arguments = holder.Find("kwargs"u8);
            if (arguments.IsAbsent) Missing(check, holder, arguments, "kwargs");
            else if (arguments.IsList && instructions.IsList && arguments.Count != instructions.Count)
                check.Error(ConsumerCodes.Lengths, arguments, $"{arguments.Path} has {arguments.Count} elements, {instructions.Path} {instructions.Count}");

            var id = row.Find("id"u8);
            if (!id.IsAbsent) Integer.Check(check, id);
        }

        check.Source = outer;
    }

    private static bool HasLetter(JsonNode options, string answer)
    {
        foreach (var option in options)
        {
            foreach (var text in option)
            {
                if (Encoding.UTF8.GetString(text.Key).Equals(answer, StringComparison.OrdinalIgnoreCase)) return true;
            }
        }

        return false;
    }
}
