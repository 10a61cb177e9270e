using System.Text.Json;
using System.Text.RegularExpressions;
using InstructKit.Templating.Settings;

namespace InstructKit.Authoring.Importing.Unitxt;

/// <summary>
/// A template of Unitxt as a pair of texts. Its formats are Python's (<c>{field}</c>); instruction, input and prefix of the target are joined as Unitxt's
/// default format does, inserting a line end where there is none.
/// </summary>
/// <param name="Artifact">The artifact, for messages.</param>
/// <param name="Input">Template of the input.</param>
/// <param name="Target">Template of the target.</param>
/// <param name="Dialect">Dialect of both.</param>
/// <param name="Fields">Fields that they print; lists are printed with <c>, </c> between their items.</param>
/// <param name="AnswerField">The field that is the answer, or null when the target contains more.</param>
internal sealed partial record UnitxtTemplate(UnitxtArtifact Artifact, string Input, string Target, Dialect Dialect, IReadOnlyList<string> Fields, string? AnswerField)
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>For multiple choice: field of the choices, field of the correct one, and whether the target is the letter; null for other templates.</summary>
    public (string Choices, string Target, bool IsLetter)? Choice { get; private init; }

    /// <summary>For templates with several correct targets: the field of the list; or null.</summary>
    public string? References { get; private init; }

    [GeneratedRegex(@"\{\{|\}\}|\{(?<field>[\p{L}_][\p{L}\p{N}_]*)\}|(?<other>[{}])")]
    private static partial Regex Part { get; }

    /// <summary>Reads a template; null when it cannot be imported, which is reported.</summary>
    public static UnitxtTemplate? Read(UnitxtArtifact artifact, ImportCollector collector)
    {
        var json = artifact.Json;
        var input = Joined(UnitxtArtifact.TextOf(json, "instruction"), UnitxtArtifact.TextOf(json, "input_format"), UnitxtArtifact.TextOf(json, "target_prefix"));
        if (UnitxtArtifact.TextOf(json, "input_format") is null) return Refuse("has no 'input_format'", "__type__");

        if (BadPart(input) is { } bad) return Refuse($"has '{bad}' in its format, which is neither a field nor a doubled brace", "input_format");

        HashSet<string> titles = json.TryGetProperty("title_fields", out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(field => field.ToString())] : [];
        switch (artifact.Type)
        {
            case "input_output_template" or "input_output_reference_template" or "multi_label_template":
                var isLabels = artifact.Type == "multi_label_template";
                var output = UnitxtArtifact.TextOf(json, "output_format") ?? (isLabels ? "{labels}" : null);
                if (output is null) return Refuse("has no 'output_format'", "__type__");

                return BadPart(output) is { } wrong ? Refuse($"has '{wrong}' in its format, which is neither a field nor a doubled brace", "output_format") : Pair(artifact, input, output, titles);
            case "multi_reference_template":
                var references = UnitxtArtifact.TextOf(json, "references_field") ?? "references";
                var pair = Pair(artifact, input, "{answer}", titles);
                return pair with { References = references, AnswerField = "answer", Fields = FieldsOf(input) };
            case "multiple_choice_template":
                return ReadChoice(artifact, input, titles, collector);
            default:
                return Refuse($"is of the type '{artifact.Type}', which is Python code", "__type__", ImportCodes.PythonCode);
        }

        UnitxtTemplate? Refuse(string why, string key, string code = ImportCodes.NoCounterpart)
        {
            collector.LeaveOut(code, $"The template '{artifact.Name}' {why}.", artifact.Find(key));
            return null;
        }
    }

    // Patterns without doubled braces are valid FLAN patterns.
    private static UnitxtTemplate Pair(UnitxtArtifact artifact, string input, string output, HashSet<string> titles)
    {
        var isPlain = titles.Count == 0 && !(input + output).Contains("{{", StringComparison.Ordinal) && !(input + output).Contains("}}", StringComparison.Ordinal);
        var fields = FieldsOf(output);
        return new UnitxtTemplate(
            artifact,
            isPlain ? input : Jinja(input, field => Titled(field, titles)),
            isPlain ? output : Jinja(output),
            isPlain ? Dialect.Flan : Dialect.Jinja,
            [.. FieldsOf(input).Concat(fields).Distinct(StringComparer.Ordinal)],
            fields.Count > 0 ? fields[0] : null);
    }

    // Their values are printed as Python's title() writes them, in the input only.
    private static string Titled(string field, HashSet<string> titles) => titles.Contains(field) ? $"{field}.title()" : field;

    private static UnitxtTemplate? ReadChoice(UnitxtArtifact artifact, string input, HashSet<string> titles, ImportCollector collector)
    {
        var json = artifact.Json;
        var whole = UnitxtArtifact.TextOf(json, "target_choice_format") ?? "{choice_numeral}";
        var format = whole.Trim();
        var letters = UnitxtArtifact.TextOf(json, "enumerator") switch { null or "capitals" => Letters, "lowercase" => Letters.ToLowerInvariant(), _ => null };
        if (format is not ("{choice_numeral}" or "{choice_text}") || letters is null)
        {
            collector.LeaveOut(
                ImportCodes.NoCounterpart,
                $"The template '{artifact.Name}' has {(letters is null ? "an enumerator other than capitals and lowercase" : $"the target '{format}', which is neither the letter nor the text of a choice")}.",
                artifact.Find(letters is null ? "enumerator" : "target_choice_format"));
            return null;
        }

        if (format != whole)
            collector.Remark(ImportCodes.NotApplied, $"'target_choice_format' of the template '{artifact.Name}' is '{whole}'; the import leaves out the blanks around it.", artifact.Find("target_choice_format"));

        foreach (var key in (string[])["shuffle_choices", "sort_choices_by_length", "sort_choices_alphabetically", "reverse_choices"])
        {
            if (json.TryGetProperty(key, out var setting) && setting.ValueKind == JsonValueKind.True)
                collector.Remark(ImportCodes.NotApplied, $"'{key}' of the template '{artifact.Name}' is true, which the import does not apply.", artifact.Find(key));
        }

        var choices = UnitxtArtifact.TextOf(json, "choices_field") ?? "choices";
        var target = UnitxtArtifact.TextOf(json, "target_field") ?? "label";
        var separator = UnitxtArtifact.TextOf(json, "choices_separator") ?? UnitxtArtifact.TextOf(json, "choices_seperator") ?? ", ";
        var item = UnitxtArtifact.TextOf(json, "source_choice_format") ?? "{choice_numeral}. {choice_text}";
        var list = $"{{% for choice in {choices} %}}{Jinja(item, field => field == "choice_numeral" ? $"'{letters}'[loop.index0]" : "choice")}{{% if not loop.last %}}{JinjaLiteral.Of(separator)}{{% endif %}}{{% endfor %}}";
        var numerals = $"'{letters}'[:{choices} | length] | join(',')";
        var text = new StringBuilder();
        foreach (var (literal, field) in Pieces(input))
        {
            text.Append(JinjaLiteral.Of(literal)).Append(
                field is null ? string.Empty : field == choices ? list : field == "numerals" ? $"{{{{ {numerals} }}}}" : $"{{{{ {Titled(field, titles)} }}}}");
        }

        return new UnitxtTemplate(artifact, Ended(text.ToString()), "{{ answer }}", Dialect.Jinja, [.. FieldsOf(input).Where(field => field != choices && field != "numerals")], "answer")
        {
            Choice = (choices, target, format == "{choice_numeral}"),
        };
    }

    public static string LettersOf(string choices) => $"'{Letters}'[:{choices} | length] | list";

    private static string Joined(params string?[] parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts.Where(part => !string.IsNullOrEmpty(part)))
        {
            if (text.Length > 0 && text[^1] != '\n') text.Append('\n');

            text.Append(part);
        }

        return text.ToString();
    }

    private static List<string> FieldsOf(string format) => [.. Part.Matches(format).Where(match => match.Groups["field"].Success).Select(match => match.Groups["field"].Value).Distinct(StringComparer.Ordinal)];

    private static string? BadPart(string format) =>
        Part.Matches(format).FirstOrDefault(match => match.Groups["other"].Success) is { } bad ? format.Substring(bad.Index, Math.Min(20, format.Length - bad.Index)) : null;

    private static IEnumerable<(string Literal, string? Field)> Pieces(string format)
    {
        var literal = new StringBuilder();
        var from = 0;
        foreach (Match match in Part.Matches(format))
        {
            literal.Append(format, from, match.Index - from);
            from = match.Index + match.Length;
            if (match.Groups["field"] is { Success: true, Value: var field })
            {
                yield return (literal.ToString(), field);
                literal.Clear();
            }
            else
            {
                literal.Append(match.Value[0]);
            }
        }

        yield return (literal.Append(format, from, format.Length - from).ToString(), null);
    }

    private static string Jinja(string format, Func<string, string>? name = null) =>
        Ended(string.Concat(Pieces(format).Select(piece => JinjaLiteral.Of(piece.Literal) + (piece.Field is null ? string.Empty : $"{{{{ {name?.Invoke(piece.Field) ?? piece.Field} }}}}"))));

    // Jinja drops the line end at the end of a template.
    private static string Ended(string template) => template.EndsWith('\n') ? $"{template}{{{{ '' }}}}" : template;
}
