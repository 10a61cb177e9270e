using InstructKit.Templating;
using InstructKit.Templating.Values;

namespace InstructKit.Templates;

/// <summary>Options, answers and labels of the loaded row.</summary>
public sealed partial class RowEvaluator
{
    /// <summary>True when a template has its own answer and this row lacks one, after its input was rendered.</summary>
    internal bool LacksAnswer(CompiledTemplate prompt) => prompt.Answer is not null && _context.GetSlot(prompt.AnswerSlot).IsNone;

    /// <summary>The options of a template, after its input was rendered: the task's, or its own choices in promptsource's dialect.</summary>
    public Value OptionsOf(CompiledTemplate prompt) => _labelled >= 0 ? Value.FromList(Enumerable.Range(0, _options.Count).Select(i => LabelOf(prompt, i)))
        : prompt.Promptsource is null ? _options : _promptsource?.Choices is { } choices ? Value.FromList([.. choices]) : Value.Undefined;

    /// <summary>The answer to a template, after its target was rendered: its own, its target, or the task's.</summary>
    public Value AnswerOf(CompiledTemplate prompt) => _labelled >= 0 ? LabelOf(prompt, _labelled)
        : prompt.Definition.TargetIsAnswer ? _target : _context.GetSlot(prompt.AnswerSlot);

    /// <summary>All correct answers to a template, after its target was rendered; a list, undefined if there is only one.</summary>
    public Value AnswersOf(CompiledTemplate prompt) => _labelled >= 0 && prompt.Answer is null && !_answers.IsUndefined ? LabelsOf(prompt, _answers) : prompt.Answer is null && prompt.Promptsource is null ? _answers : Value.Undefined;

    /// <summary>Position of the answer among the options of a template, after its target was rendered; -1 if missing.</summary>
    public int AnswerIndexOf(CompiledTemplate prompt) => _labelled >= 0 ? _labelled : prompt.Definition.TargetIsAnswer && (prompt.Promptsource is not null || _indexes.Count == 0) ? IndexOf(OptionsOf(prompt), _target)
        : GoldOf(prompt);

    // For the template's answer, whatever its target is.
    private int GoldOf(CompiledTemplate prompt) => prompt.Answer is null ? AnswerIndex() : IndexOf(_options, _context.GetSlot(prompt.AnswerSlot));

    /// <summary>Positions of all correct answers among the options of a template, after its target was rendered, starting with <see cref="AnswerIndexOf"/>.</summary>
    internal void AddAnswerIndexes(CompiledTemplate prompt, List<int> indexes)
    {
        if (AnswerIndexOf(prompt) is >= 0 and var first) indexes.Add(first);

        // Labels determine which options are correct even among equal ones.
        if (prompt.Answer is not null || prompt.Promptsource is not null) return;
        foreach (var index in _indexes.Count > 0 ? _indexes : IndexesOf(_answers))
        {
            if (!indexes.Contains(index)) indexes.Add(index);
        }
    }

    private List<int> IndexesOf(Value answers)
    {
        List<int> indexes = [];
        for (var i = 0; !answers.IsUndefined && i < answers.Count; i++)
        {
            if (IndexOf(_options, answers[i]) is >= 0 and var index) indexes.Add(index);
        }

        return indexes;
    }

    /// <summary>Position of the task's answer among its options, compared as text; -1 if missing.</summary>
    public int AnswerIndex() => _indexes.Count > 0 ? _indexes[0] : IndexOf(_options, Answer);

    /// <summary>The correct answers to the loaded row as texts, one at a time; each valid until the next.</summary>
    /// <param name="number">Number of the answer, from 0.</param>
    /// <param name="text">The text in UTF-8.</param>
    internal bool TryGetAnswer(int number, out ReadOnlySpan<byte> text)
    {
        text = default;
        var isList = !_answers.IsUndefined;
        if (program.AnswerSlot < 0 || number >= (isList ? _answers.Count : 1)) return false;

        _scratch.Length = 0;
        (isList ? _answers[number] : Answer).AppendText(_scratch);
        text = _scratch.Written;
        return true;
    }

    private static int IndexOf(Value options, Value answer)
    {
        if (options.IsUndefined || answer.IsUndefined) return -1;

        for (var i = 0; i < options.Count; i++)
        {
            if (Value.PythonEquals(options[i], answer)) return i;
        }

        // A number may be given instead of its printed text (STS-B's scores).
        var text = answer.ToString();
        for (var i = 0; i < options.Count; i++)
        {
            if (string.Equals(options[i].ToString(), text, StringComparison.Ordinal)) return i;
        }

        return -1;
    }

    // Datasets use a negative index for a missing label; any other index without an option is a fault of the row.
    private RowVerdict LoadAnswerIndex(Value gold)
    {
        var many = gold.Kind is ValueKind.List or ValueKind.Tuple;
        for (var i = 0; i < (many ? gold.Count : 1); i++)
        {
            var one = many ? gold[i] : gold;
            var index = IndexOfLabel(one);
            if (index == NoLabel) return RowVerdict.Drop(NoLabelReason);

            if (index < 0 || index >= _options.Count) return RowVerdict.Error(RowCodes.AnswerNotAnOption, $"The answer '{one}' is not among the options {_options}.");

            _indexes.Add(index);
        }

        if (_indexes.Count == 0) return RowVerdict.Drop(NoLabelReason);

        _answers = Value.FromList(_indexes.Select(index => _options[index]));
        _context.SetSlot(program.AnswersSlot, _answers);
        _context.SetSlot(program.AnswerSlot, _options[_indexes[0]]);
        if (!many) _answers = Value.Undefined;

        return RowVerdict.Keep;
    }

    /// <summary>False when a template's own answer would select an option by a label missing in the row.</summary>
    /// <exception cref="InstructKit.Templating.Settings.TemplateException">The label's expression failed on this row.</exception>
    internal bool HasLabel(CompiledTemplate prompt) => prompt.Labels.Length == 0 || JudgeLabels(prompt.Labels).DropReason is null;

    // In Jinja, as in Python, a negative index counts from the end; a label does not.
    private RowVerdict JudgeLabels(IndexUse[] labels)
    {
        foreach (var (index, conditions, isNamed, becomesInt) in labels)
        {
            var reached = true;
            for (var i = 0; reached && i < conditions.Length; i++) reached = conditions[i].Test.Evaluate(_context).IsTrue == conditions[i].Holds;

            if (!reached) continue;

            var label = index.Evaluate(_context);
            if (label.IsNone || label.IsUndefined) return RowVerdict.Drop(NoLabelReason);

            if (becomesInt && label.IsText && !double.TryParse(label.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out _))
                return string.IsNullOrWhiteSpace(label.ToString()) ? RowVerdict.Drop(NoLabelReason) : RowVerdict.Error(RowCodes.AnswerNotAnOption, $"The label '{label}' is not a number.");

            if (label.Kind != ValueKind.Integer) continue;

            var isSmall = label.TryGetInteger(out var position);
            if (isSmall ? position < 0 : label.ToString().StartsWith('-')) return RowVerdict.Drop(NoLabelReason);

            if (isNamed && (!isSmall || position >= _options.Count))
                return RowVerdict.Error(RowCodes.AnswerNotAnOption, $"The label {label} is beyond the {_options.Count} options (0 to {_options.Count - 1}).");
        }

        return RowVerdict.Keep;
    }

    // Digits are an index, as is true or false; another text is the first option that equals it.
    private int IndexOfLabel(Value label)
    {
        if (label.IsNone || label.IsUndefined) return NoLabel;

        if (label.Kind is ValueKind.Boolean) return label.IsTrue ? 1 : 0;

        var isNumber = int.TryParse(label.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index);
        return isNumber && (label.Kind is ValueKind.Integer || index >= 0) ? (index < 0 ? NoLabel : index) : IndexOf(_options, label);
    }

    // A missing key is a missing label; any other undefined value is a fault of the row.
    private static bool IsAbsent(Value answer, bool isPath) => answer.IsNone || (answer.IsUndefined && isPath);

    private RowVerdict LoadAnswer()
    {
        _answers = Value.Undefined;
        _indexes.Clear();
        if (program.AnswerSlot < 0) return RowVerdict.Keep;

        if (program.AnswerIndex is not null) return LoadAnswerIndex(program.AnswerIndex.Evaluate(_context));

        if (JudgeLabels(program.Labels) is { IsKept: false } verdict) return verdict;

        if (program.Answers is not null)
        {
            _answers = program.Answers.Evaluate(_context);
            if (IsAbsent(_answers, program.AnswersArePath)) return RowVerdict.Drop(NoLabelReason);

            if (_answers.Kind is not (ValueKind.List or ValueKind.Tuple) || _answers.Count == 0)
                return RowVerdict.Error(RowCodes.ExpressionFailed, $"'answers' must be a non-empty list, found {_answers}.");

            _context.SetSlot(program.AnswersSlot, _answers);
        }

        // An answer that is a text column stays a cell: it is copied into the target without creating a value.
        if (program.Answer?.SlotIndex is { } column && _context.GetCell(column) is { IsText: true } cell)
        {
            _context.SetCell(program.AnswerSlot, cell);
        }
        else
        {
            var answer = program.Answer is null ? _answers[0] : program.Answer.Evaluate(_context);
            if (IsAbsent(answer, program.AnswerIsPath)) return RowVerdict.Drop(NoLabelReason);

            if (answer.IsUndefined)
                return RowVerdict.Error(RowCodes.ExpressionFailed, $"The answer is undefined{(program.Task.Answer is { } how ? $": {how.Text}" : string.Empty)}.");

            _context.SetSlot(program.AnswerSlot, answer);
        }

        if (program.OptionsSlot >= 0 && AnswerIndex() < 0)
            return RowVerdict.Error(RowCodes.AnswerNotAnOption, $"The answer '{Answer}' is not among the options {_options}.");

        return RowVerdict.Keep;
    }
}
