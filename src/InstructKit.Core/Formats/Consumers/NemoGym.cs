using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>NeMo Gym's resources servers (NVIDIA-NeMo/Gym: nemo_gym/openai_utils.py, resources_servers/*/app.py): the request of the Responses API and the fields of the verifier.</summary>
internal static class NemoGym
{
    private const string Mcqa = "resources_servers/mcqa/app.py MCQARunRequest";

    private static readonly string[] MessageRoles = ["user", "assistant", "system", "developer"];

    // Other input items, and their required members (openai/types/responses, as NeMo Gym narrows it).
    private static readonly (string Type, Shape Shape)[] Items =
    [
        ("function_call", Record(Required("arguments", AnyText), Required("call_id", AnyText), Required("name", AnyText))),
        ("function_call_output", Record(Required("call_id", AnyText), Required("output", Either(AnyText, AnyList)))),
        ("reasoning", Record(Required("id", AnyText), Required("summary", AnyList), Optional("encrypted_content", AnyText))),
        .. new[]
        {
            "mcp_call", "mcp_list_tools", "mcp_approval_request", "mcp_approval_response", "file_search_call", "web_search_call", "computer_call", "computer_call_output",
            "image_generation_call", "code_interpreter_call", "local_shell_call", "local_shell_call_output", "custom_tool_call", "custom_tool_call_output",
            "apply_patch_call", "apply_patch_call_output", "shell_call", "shell_call_output", "tool_search_call", "tool_search_output", "compaction", "compaction_trigger", "additional_tools",
        }.Select(type => (type, AnyObject)),
    ];

    private static readonly (string Type, Shape Shape)[] Parts =
    [
        ("input_text", Record(Required("text", AnyText))), ("input_image", AnyObject), ("input_file", AnyObject), ("output_text", Record(Required("text", AnyText), Required("annotations", AnyList))),
        ("refusal", Record(Required("refusal", AnyText))),
    ];

    private static readonly Shape Message = Record(Required("role", OneOf(MessageRoles)), Required("content", Either(AnyText, ListOf(ByType(Parts)))));

    private static readonly Shape Item = AnyObject.Also(static (check, item) =>
    {
        // The members of an item without a type determine its kind.
        if (!item.Find("type"u8).IsAbsent && !item.Find("type"u8).Is("message"u8)) ByType(Items).Check(check, item);
        else if (item.Find("role"u8).IsMissing && item.Find("type"u8).IsMissing && !item.Find("call_id"u8).IsMissing) (item.Find("output"u8).IsMissing ? Items[0] : Items[1]).Shape.Check(check, item);
        else Message.Check(check, item);
    });

    private static readonly Shape Tool = ByType(
    [
        ("function", Record(Required("name", FilledText), Optional("parameters", AnyObject), Optional("strict", Flag), Optional("description", AnyText)).Also(static (check, tool) =>
        {
            if (tool.Find("parameters"u8).IsMissing) Missing(check, tool, default, "parameters");
        })),
        .. new[]
        {
            "custom", "file_search", "computer", "computer_use_preview", "web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11", "mcp", "code_interpreter",
            "image_generation", "local_shell", "shell", "apply_patch", "namespace", "tool_search",
        }.Select(type => (type, AnyObject)),
    ]);

    // Null is not an argument.
    private static readonly Shape Arguments = ListOf(Any.Also(static (check, one) =>
    {
        if (!one.IsAbsent) AnyObject.Check(check, one);
    }));

    private static readonly Shape Strings = AnyObject.Also(static (check, values) =>
    {
        foreach (var value in values) AnyText.Check(check, value);
    });

    private static readonly Shape Request = Closed(
        Required("input", Either(FilledText, ListOf(Item, 1))),
        Optional("background", Flag), Optional("include", ListOf(AnyText)), Optional("instructions", AnyText), Optional("max_output_tokens", Integer), Optional("max_tool_calls", Integer),
        Optional("metadata", Strings), Optional("model", AnyText), Optional("parallel_tool_calls", Flag), Optional("previous_response_id", AnyText), Optional("prompt", AnyObject),
        Optional("reasoning", AnyObject), Optional("service_tier", OneOf("auto", "default", "flex", "scale", "priority")), Optional("store", Flag), Optional("context_management", AnyList),
        Optional("conversation", Either(AnyText, AnyObject)), Optional("moderation", AnyObject), Optional("prompt_cache_key", AnyText),
        Optional("prompt_cache_retention", OneOf("in_memory", "24h")), Optional("safety_identifier", AnyText), Optional("stream_options", AnyObject), Optional("temperature", Number),
        Optional("text", AnyObject), Optional("tool_choice", Either(OneOf("none", "auto", "required"), Record(Required("type", FilledText)))), Optional("tools", ListOf(Tool)), Optional("top_logprobs", Integer),
        Optional("top_p", Number), Optional("truncation", OneOf("auto", "disabled")), Optional("user", AnyText), Optional("stream", Flag.Also(static (check, stream) =>
        {
            if (stream.Kind == JsonKind.True) check.Error(ConsumerCodes.UnknownValue, stream, "stream is true, expected false: answers are not streamed");
        })))
        .Also(static (check, request) =>
        {
            foreach (var key in (ReadOnlySpan<string>)["parallel_tool_calls", "tool_choice", "tools"])
            {
                if (request.Find(Encoding.UTF8.GetBytes(key)) is { Kind: JsonKind.Null } value) check.Error(ConsumerCodes.WrongType, value, $"{value.Path} is null; leave it out");
            }
        });

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
            Optional("question", AnyText),
            Optional("expected_answer", FilledText),
            Optional("template_metadata", Record(Optional("output_regex", AnyText))),
            Optional("grading_mode", OneOf("strict_single_letter_boxed", "lenient_boxed", "lenient_answer_colon").From(Mcqa)),
            Optional("verifier_metadata", AnyObject)).Also(CheckFields),
        Extensions = [".jsonl"],
        Compressions = [],
        TakesArrays = false,
        ByteOrderMark = Severity.Error,
        BlankLines = Severity.Error,
        Identity = ["responses_create_params"],
    };

    private static void CheckFields(RowCheck check, JsonNode row)
    {
        var agent = row.Find("agent_ref"u8);
        if (!agent.IsAbsent) check.Warning(ConsumerCodes.ReservedColumn, agent, "agent_ref is added by `gym dataset collate`; do not write it");

        var (options, answer) = (row.Find("options"u8), row.Find("expected_answer"u8));
        if (options.IsAbsent && !row.Find("grading_mode"u8).IsAbsent && row.Find("template_metadata"u8).Find("output_regex"u8).IsAbsent)
        {
            check.Source = Mcqa;
            Missing(check, row, options, "options");
        }

        if (options.IsList)
        {
            check.Source = Mcqa;
            if (row.Find("uuid"u8) is { IsAbsent: false } identity) AnyText.Check(check, identity);
            if (answer.IsAbsent) Missing(check, row, answer, "expected_answer");
            else if (answer.IsText && !HasLetter(options, answer.AsText().Trim()))
                check.Error(ConsumerCodes.UnusableAnswer, answer, $"expected_answer is {answer.Words}, which is not a letter of the options");
        }

        var (schema, kind) = (row.Find("schema_str"u8), row.Find("schema_type"u8));
        if (!schema.IsAbsent || !kind.IsAbsent)
        {
            check.Source = "resources_servers/structured_outputs/app.py";
            if (schema.IsAbsent) Missing(check, row, schema, "schema_str");
            else JsonText(AnyObject).Check(check, schema);

            if (kind.IsAbsent) Missing(check, row, kind, "schema_type");
            else OneOf("json", "yaml", "xml", "toml", "csv").Check(check, kind);
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
            else Arguments.Check(check, arguments);
            if (arguments.IsList && instructions.IsList && arguments.Count != instructions.Count)
                check.Error(ConsumerCodes.Lengths, arguments, $"{arguments.Path} has {arguments.Count} elements, {instructions.Path} {instructions.Count}");

            var prompt = holder.Find("prompt"u8);
            if (prompt.IsAbsent) Missing(check, holder, prompt, "prompt");
            else AnyText.Check(check, prompt);

            // A text of digits is converted to a number.
            var id = row.Find("id"u8);
            if (id.IsAbsent) Missing(check, row, id, "id");
            else if (id.IsText && long.TryParse(id.AsText(), out _)) check.Warning(ConsumerCodes.WrongType, id, $"id is {id.Words}, expected a whole number");
            else Integer.Check(check, id);
        }

        var question = row.Find("question"u8);
        if (question.IsText && answer.IsAbsent && !options.IsList && HasNoTruth(row))
        {
            check.Source = "resources_servers/math_with_judge/app.py";
            Missing(check, row, answer, "expected_answer");
        }
    }

    // True when no member besides the question can serve as the reference answer.
    private static bool HasNoTruth(JsonNode row)
    {
        foreach (var member in row)
        {
            if (Encoding.UTF8.GetString(member.Key) is not ("responses_create_params" or "question" or "uuid" or "id" or "metadata" or "expected_answer" or "agent_ref")) return false;
        }

        return true;
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
