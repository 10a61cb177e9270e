namespace InstructKit.Benchmarks;

/// <summary>What a template does with its row.</summary>
public enum TemplateClass
{
    /// <summary>Copies columns.</summary>
    Plain,

    /// <summary>Accesses an object's members.</summary>
    Member,

    /// <summary>Branches.</summary>
    Condition,

    /// <summary>Iterates over a list.</summary>
    Loop,

    /// <summary>Iterates over a list, using the loop position.</summary>
    LoopWithIndex,

    /// <summary>Joins a list.</summary>
    Join,

    /// <summary>Changes texts.</summary>
    Filters,

    /// <summary>Picks from a list by a label.</summary>
    Choice,

    /// <summary>Sets a variable, splits, counts.</summary>
    Variable,
}
