using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Templates;

/// <summary>Turns source rows into canonical rows and renders templates over them. One per worker; not thread-safe.</summary>
/// <param name="program">The compiled task.</param>
/// <param name="limits">Limits of every render.</param>
public sealed partial class RowEvaluator(CompiledTask program, RenderLimits limits)
{
    /// <summary>Drop reason for a row whose label is missing, null or negative.</summary>
    public const string NoLabelReason = "no_label";

    private const int NoLabel = int.MinValue;

    private readonly RenderContext _context = new(limits);
    private readonly Utf8Output _scratch = new();
    private readonly Utf8Output _group = new();
    private Value _options;
    private Value _answers;
    private readonly List<int> _indexes = [];
    private PromptsourceResult? _promptsource;
    private Value _target;
    private ulong _draws;
    private byte[] _buffer = [];

    /// <summary>Aborts a running render with an <see cref="OperationCanceledException"/>.</summary>
    internal CancellationToken Cancellation
    {
        init => _context.Cancellation = value;
    }

    internal Tasks.TaskDefinition Task => program.Task;

    /// <summary>The row's options; undefined if the task has none.</summary>
    public Value Options => _options;

    /// <summary>The row's answer; undefined if every template's target is its own answer.</summary>
    public Value Answer => _context.GetSlot(program.AnswerSlot);

    /// <summary>All correct answers; a list.</summary>
    public Value Answers => _answers;

    /// <summary>The group key of the loaded row, in UTF-8; empty if the task defines none, or the value is none. Valid until the
    /// next row is loaded.</summary>
    public ReadOnlySpan<byte> Group => _group.Written;

    /// <summary>Loads a source row as canonical row; all other members then refer to this row.</summary>
    /// <param name="batch">The batch, which must stay unchanged while the row is in use.</param>
    /// <param name="row">Index of the row.</param>
    /// <param name="randomKey">Key of the row for random filters.</param>
    public RowVerdict Load(RowBatch batch, int row, ulong randomKey)
    {
        Begin(batch, row);
        _context.RandomKey = randomKey;
        string step = string.Empty;
        try
        {
            if (LoadColumns(program.Columns, batch, row, ref step) is { IsKept: false } unfit) return unfit;

            if (FirstBroken(program.EarlyConditions, ref step) is { } early) return RowVerdict.Drop(early);

            step = "group";
            LoadGroup();
            _fieldDraws = _context.Draws;
            foreach (var field in program.Fields)
            {
                step = field.Name;
                _context.SetSlot(field.Slot, field.Evaluate(_context, _scratch));
            }

            step = "options";
            if (LoadOptions() is { IsKept: false } optionless) return optionless;

            step = "answer";
            if (LoadAnswer() is { IsKept: false } answerless) return answerless;

            if (FirstBroken(program.LateConditions, ref step) is { } late) return RowVerdict.Drop(late);

            _draws = _context.Draws;
            return RowVerdict.Keep;
        }
        catch (TemplateException exception)
        {
            var found = exception.Diagnostics[0];
            return found.Code == TemplateCodes.NegativeLabel ? RowVerdict.Drop(NoLabelReason) : RowVerdict.Error(RowCodes.ExpressionFailed, $"'{step}' fails at {found.Span?.Source.Name}:{found.Span?.Start}: {found.Message}");
        }
    }

    /// <summary>Computes only the group of a source row, for a pass that needs nothing else: false if the task has none, the row's is none, or it is unavailable
    /// because the row is unfit. <see cref="Group"/> returns it; no other member may be used.</summary>
    /// <param name="row">Index of the row.</param>
    internal bool TryLoadGroup(RowBatch batch, int row)
    {
        if (!program.HasGroup) return false;

        Begin(batch, row);
        var step = string.Empty;
        try
        {
            if (!LoadColumns(program.GroupColumns, batch, row, ref step).IsKept) return false;

            LoadGroup();
            return _group.Length > 0;
        }
        catch (TemplateException)
        {
            return false;
        }
    }

    /// <summary>Renders a template's input over the loaded row; appends to the output.</summary>
    /// <exception cref="InstructKit.Templating.Settings.TemplateException">The template failed on this row.</exception>
    /// <param name="prompt">The template.</param>
    /// <param name="output">The output.</param>
    /// <param name="phrasing">Which of its texts, and how the options are shown.</param>
    public void RenderInput(CompiledTemplate prompt, Utf8Output output, Phrasing phrasing = default)
    {
        // A template's random draws depend on its row, not on templates rendered before it.
        _context.Draws = _draws;
        if (_order.Length > 0) RestoreOrder();
        if (prompt.Answer is { } own)
        {
            _context.BeginRender();
            _context.SetSlot(prompt.AnswerSlot, own.Evaluate(_context));
        }

        _labelled = -1;
        if (phrasing.GoldPlace > 0) PlaceGold(prompt, phrasing.GoldPlace);
        if (prompt.Variants.Length > 0) ChooseVariant(prompt.Variants, phrasing.Variant);
        if (prompt.Options is not null) _labelled = AnswerIndex();
        if (prompt.ShowsOptions) ShowOptions(prompt, phrasing.Layout ?? OptionsLayout.Released);
        _context.BeginRender();
        if (prompt.Promptsource is { } promptsource)
        {
            _promptsource = promptsource.Apply(_context);
            _promptsource.Pieces[0].AppendText(output);
        }
        else if (prompt.ShowsOptions && _shown.IsHidden)
        {
            _scratch.Length = 0;
            prompt.Input!.Render(_context, _scratch);
            OptionsLayout.AppendWithoutGap(_scratch.Written, output);
        }
        else
        {
            prompt.Input!.Render(_context, output);
        }
    }

    /// <summary>Renders a template's target over the loaded row, after its input; appends to the output.</summary>
    /// <exception cref="InstructKit.Templating.Settings.TemplateException">The template failed on this row.</exception>
    public void RenderTarget(CompiledTemplate prompt, Utf8Output output)
    {
        if (prompt.Promptsource is not null)
        {
            // Without a separator there is nothing after it.
            _target = PartCount(prompt) > 1 ? _promptsource!.Pieces[1] : Value.From(string.Empty);
            _target.AppendText(output);
            return;
        }

        _context.BeginRender();
        if (_labelled >= 0)
        {
            RenderLabel(prompt, output);
            return;
        }

        if (!prompt.Definition.TargetIsAnswer)
        {
            prompt.Target!.Render(_context, output);
            return;
        }

        _scratch.Length = 0;
        prompt.Target!.Render(_context, _scratch);
        output.AppendText(_scratch.Written);
        _target = Value.FromUtf8(_scratch.Written);
    }

    /// <summary>Number of pieces from the separators of a promptsource template for the loaded row, after its input was rendered: input and target are two.
    /// Other templates always have two.</summary>
    public int PartCount(CompiledTemplate prompt) => prompt.Promptsource is null ? 2 : _promptsource?.Pieces.Count ?? 0;

    /// <summary>Number of canonical columns.</summary>
    internal int ColumnCount => program.Columns.Length;

    /// <summary>The text in a canonical column of the loaded row; false when its value is not a text.</summary>
    /// <param name="column">Index of the column.</param>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="escaped">True when it is the inside of a JSON string.</param>
    internal bool TryGetText(int column, out ReadOnlySpan<byte> text, out bool escaped)
    {
        var slot = program.Columns[column].Slot;
        var cell = _context.GetCell(slot);
        escaped = cell.Kind == CellKind.EscapedText;
        text = cell.IsText ? _buffer.AsSpan(cell.Offset, cell.Length) : default;
        return cell.IsText || (cell.Kind == CellKind.Missing && _context.GetSlot(slot).TryGetText(out text));
    }

    /// <summary>The value in a canonical column of the loaded row, its bytes valid until the next call; JSON is on one line.</summary>
    /// <param name="column">Index of the column.</param>
    /// <param name="kind">Its kind; null if there is none.</param>
    internal ReadOnlySpan<byte> ValueOf(int column, out CellKind kind)
    {
        var slot = program.Columns[column].Slot;
        var cell = _context.GetCell(slot);
        kind = cell.Kind;
        var bytes = _buffer.AsSpan(cell.Offset, cell.Length);
        // In JSON, lines can end only between tokens.
        if (kind != CellKind.Missing && (kind != CellKind.Json || bytes.IndexOfAny((byte)'\n', (byte)'\r') < 0)) return bytes;

        _scratch.Length = 0;
        if (kind == CellKind.Json)
        {
            foreach (var one in bytes)
            {
                if (one is not ((byte)'\n' or (byte)'\r')) _scratch.AppendByte(one);
            }

            return _scratch.Written;
        }

        var value = _context.GetSlot(slot);
        kind = value.Kind switch
        {
            ValueKind.Text => CellKind.Text,
            ValueKind.Integer => CellKind.Integer,
            ValueKind.Float => CellKind.Float,
            ValueKind.Boolean => value.IsTrue ? CellKind.True : CellKind.False,
            ValueKind.None or ValueKind.Undefined => CellKind.Null,
            _ => CellKind.Json,
        };
        if (kind == CellKind.Text) value.AppendText(_scratch);
        else if (kind is CellKind.Integer or CellKind.Float or CellKind.Json) JsonPrinter.AppendCompact(value, _scratch);
        return _scratch.Written;
    }

    /// <summary>The value in a canonical column of the loaded row as printed; empty if there is none. Valid until the next call.</summary>
    /// <param name="column">Index of the column.</param>
    internal ReadOnlySpan<byte> PrintedValue(int column)
    {
        var slot = program.Columns[column].Slot;
        var cell = _context.GetCell(slot);
        if (cell.Kind is CellKind.Integer or CellKind.Float or CellKind.Json) return _buffer.AsSpan(cell.Offset, cell.Length);

        _scratch.Length = 0;
        if (_context.GetSlot(slot) is { IsNone: false, IsUndefined: false } value) value.AppendText(_scratch);
        return _scratch.Written;
    }

    /// <summary>The lists and objects among the row's columns, its options and its answers.</summary>
    internal IEnumerable<Value> Nested() => program.Columns.Select(binding => _context.GetSlot(binding.Slot)).Append(_options).Append(_answers).Where(value => value.Kind is ValueKind.List or ValueKind.Mapping);

    /// <summary>The canonical row as text, for display: column name and value.</summary>
    public IEnumerable<(string Name, string Value)> Describe() => program.Columns.Select(binding => (binding.Column.Name, _context.GetSlot(binding.Slot).ToString()));

    private string? FirstBroken(BoundExpression[] conditions, ref string step)
    {
        foreach (var condition in conditions)
        {
            step = condition.Name;
            if (!condition.Evaluate(_context, _scratch).IsTrue) return condition.Name;
        }

        return null;
    }

    private void Begin(RowBatch batch, int row)
    {
        _buffer = batch.Buffer;
        _isReplaced = false;
        _context.BeginRow(_buffer, batch.Row(row));
        _group.Length = 0;
    }

    private RowVerdict LoadColumns(ColumnBinding[] columns, RowBatch batch, int row, ref string step)
    {
        foreach (var binding in columns)
        {
            step = binding.Column.Name;
            var source = binding.Expression is null ? binding.Slot : binding.Expression.SlotIndex ?? -1;
            var isCell = binding.Expression is null || (source >= 0 && batch.Row(row)[source].Kind == CellKind.Json);
            // A list or object under another name keeps its bytes.
            if (isCell && source != binding.Slot) _context.SetCell(binding.Slot, batch.Row(row)[source]);

            var verdict = isCell
                ? CellTyping.Check(batch, batch.Row(row)[source], binding, _context)
                : CellTyping.Check(binding.Expression!.Evaluate(_context), binding, _context); // what is not a cell has one
            if (!verdict.IsKept) return verdict;
        }

        return RowVerdict.Keep;
    }

    // A text column is copied unchanged; only the result of an expression becomes a value.
    private void LoadGroup()
    {
        if (program.Group is not { } group) return;

        if (group.SlotIndex is { } slot && _context.GetCell(slot) is { IsText: true } cell)
        {
            var text = _buffer.AsSpan(cell.Offset, cell.Length);
            if (cell.Kind != CellKind.EscapedText) _group.AppendRaw(text);
            else _group.Advance(JsonEscapes.Unescape(text, _group.Reserve(text.Length)));
        }
        else if (group.Evaluate(_context) is { IsNone: false, IsUndefined: false } value)
        {
            value.AppendText(_group);
        }
    }

    private RowVerdict LoadOptions()
    {
        _options = Value.Undefined;
        _order = [];
        _shown = OptionsLayout.Released;
        if (program.OptionsSlot < 0) return RowVerdict.Keep;

        if (program.Options is null)
        {
            _options = program.ConstantOptions;
            _context.SetSlot(program.OptionsSlot, _options);
            if (program.BlockSlot >= 0) _context.SetSlot(program.BlockSlot, program.ConstantBlock);

            return RowVerdict.Keep;
        }

        _options = program.Options.Evaluate(_context);
        if (_options.Kind is not (ValueKind.List or ValueKind.Tuple) || _options.Count == 0)
            return RowVerdict.Error(RowCodes.NoOptions, $"'options' must be a non-empty list, found {_options}.");

        _context.SetSlot(program.OptionsSlot, _options);
        PrintBlock(OptionsLayout.Released);
        return RowVerdict.Keep;
    }
}
